/** What the Incoterms of ICC, 1990 to 2020, say of carriage and insurance; and how older writings are read. */

interface Terms {
  /** The price includes the main carriage. */
  freight: boolean;
  /** The seller insures the carriage or bears its risk up to the destination. */
  insurance: boolean;
}

const none: Terms = { freight: false, insurance: false };
const carriage: Terms = { freight: true, insurance: false };
const both: Terms = { freight: true, insurance: true };

const table: Readonly<Record<string, Terms>> = {
  EXW: none,
  FCA: none,
  FAS: none,
  FOB: none,
  CFR: carriage,
  CPT: carriage,
  CIF: both,
  CIP: both,
  DAF: both,
  DES: both,
  DEQ: both,
  DDU: both,
  DDP: both,
  DAT: both,
  DAP: both,
  DPU: both,
};
const written: Readonly<Record<string, string>> = {
  'C&F': 'CFR',
  CNF: 'CFR',
  'C+F': 'CFR',
  CANDF: 'CFR',
  CAF: 'CIF',
  FAB: 'FOB',
};

/** Undefined for what is no Incoterm. */
export function incoterm(code: string | undefined): Terms | undefined {
  if (code === undefined) return undefined;
  const plain = code.trim().toUpperCase();
  return table[written[plain] ?? plain];
}
