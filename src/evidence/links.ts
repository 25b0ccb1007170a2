/** What a declaration may share with others: the keys by which related declarations and accounts find each other. */
import type { Declaration, Item, PreviousDeclaration } from '../declaration/declaration.ts';
import type { Link } from '../facts/related/definitions.ts';

/** Rules ask for links; names of a declaration and its guarantee are for accounts alone. */
export type AnyLink = Link | 'name' | 'guarantee';

export interface Key {
  by: AnyLink;
  key: string;
}

/** Writings of one number that differ in nothing but case and spaces are one key. */
export const plain = (text: string): string =>
  alreadyPlain.test(text) ? text : text.normalize('NFKC').toUpperCase().replace(/\s+/g, ' ').trim();

/** Numbers and references nearly always are: ASCII without blanks and small letters. */
const alreadyPlain = /^[!-`{-~]*$/;

/** Undefined where nothing is written. */
export const part = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === '' ? undefined : plain(text);

/** Undefined where either is. */
export const both = (one: string | undefined, other: string | undefined): string | undefined => {
  const [a, b] = [part(one), part(other)];
  return a === undefined || b === undefined ? undefined : `${a}|${b}`;
};

/** UN/EDIFACT 1001: commercial invoice; with the N that EU code lists put before it. */
const isInvoice = (code: string | undefined): boolean => code === '380' || code === 'N380';

const registered = (
  office: string | undefined,
  year: string | undefined,
  serial: string | undefined,
  number: string | undefined,
): string | undefined =>
  office === undefined || year === undefined || number === undefined
    ? undefined
    : plain(`${office}/${year}/${serial ?? ''}${number}`);

/** The last two digits of a full procedure name what the goods were under before. */
const fromEarlier = ({ procedure = '' }: Item): boolean =>
  /^\d{4}/.test(procedure) && procedure.slice(2, 4) !== '00';

/** Names by which other declarations may call this one: what the system gave it, never the trader's own reference. */
export function namesOf({ mrn, office, registration }: Declaration): string[] {
  const number = registered(
    office,
    registration?.date?.slice(0, 4),
    registration?.serial,
    registration?.number,
  );
  return [
    ...new Set([...(mrn === undefined ? [] : [plain(mrn)]), ...(number === undefined ? [] : [number])]),
  ];
}

/** Names under which a previous declaration is called: by its registration, else as it is written. */
export function namesOfPrevious(previous: PreviousDeclaration, office: string | undefined): string[] {
  const number = registered(previous.office ?? office, previous.year, previous.serial, previous.number);
  return [
    ...(number === undefined ? [] : [number]),
    ...(previous.reference === undefined || previous.reference.trim() === ''
      ? []
      : [plain(previous.reference)]),
  ];
}

/** Asked for by related declarations, by accounts and when it is taken in; worked out once. */
const known = new WeakMap<Declaration, readonly Key[]>();

export function keysOf(declaration: Declaration): readonly Key[] {
  const found = known.get(declaration) ?? workedOut(declaration);
  known.set(declaration, found);
  return found;
}

function workedOut(declaration: Declaration): Key[] {
  const keys: Key[] = [];
  const known = new Map<AnyLink, Set<string>>();
  const add = (by: AnyLink, key: string | undefined): void => {
    if (key === undefined) return;
    let same = known.get(by);
    if (same === undefined) {
      same = new Set();
      known.set(by, same);
    }
    if (same.has(key)) return;
    same.add(key);
    keys.push({ by, key });
  };
  const { declarant, consignee, consignor, office } = declaration;
  for (const name of namesOf(declaration)) add('name', part(name));
  add('localReference', both(declarant?.id, declaration.localReference));
  add('bill', part(declaration.billOfLading));
  add('address', part(consignee?.address));
  add('guarantee', part(declaration.guarantee?.reference));
  for (const { number } of declaration.containers ?? []) add('container', part(number));
  for (const previous of declaration.previous ?? [])
    for (const name of namesOfPrevious(previous, office)) add('previous', part(name));
  for (const item of declaration.items) {
    const supplier = item.consignor?.id ?? consignor?.id ?? consignor?.name;
    const bill = item.billOfLading ?? declaration.billOfLading;
    const quantity = item.supplementaryUnits?.[0]?.quantity ?? item.netMass;
    add('bill', part(item.billOfLading));
    if (quantity !== undefined) add('goods', both(both(bill, item.hs), String(quantity)));
    for (const number of item.containers ?? []) add('container', part(number));
    for (const previous of item.previous ?? [])
      for (const name of namesOfPrevious(previous, office)) add('previous', part(name));
    for (const { code, reference } of [...(item.documents ?? []), ...(declaration.documents ?? [])]) {
      // Part by part out of a warehouse, goods bring the invoice along that their entry has declared.
      if (!isInvoice(code)) add('document', both(code, reference));
      else if (!fromEarlier(item)) add('invoice', both(supplier, reference));
    }
  }
  return keys;
}
