/** A small truth told in three forms: ASYCUDA World tables, ASYCUDA++ tables, a plain event log. Deterministic. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Step {
  kind: string;
  /** `YYYY-MM-DD HH:MM:SS` on the office's clock. */
  at: string;
  user: string;
  to?: string;
  result?: string;
}

export interface Found {
  result: string;
  duty: number;
  fine: number;
}

export interface Told {
  id: number;
  office: string;
  number: string;
  declarant: string;
  lane: string;
  examiner: string;
  section: string;
  steps: Step[];
  found?: Found;
  items: { number: number; hs: string; net: number; cif: number; duty: number; vat: number }[];
}

/** Mulberry32: small, seeded, good enough for made-up data. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const stamp = (minutes: number): string =>
  new Date(Date.UTC(2026, 0, 5) + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');

export function tell(count: number, seed = 7): Told[] {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  return Array.from({ length: count }, (_, index) => {
    let clock = index * 7 + 480;
    const after = (most: number) => {
      clock += 1 + Math.floor(next() * most);
      return stamp(clock);
    };
    const office = pick(['DLA01', 'DLA05', 'KRI01']);
    const examiner = `${office}.EX${1 + Math.floor(next() * 4)}`;
    const lane = pick(['red', 'red', 'yellow', 'yellow', 'green', 'blue']);
    const steps: Step[] = [{ kind: 'REGISTER', at: after(20), user: `BRK${index % 9}` }];
    const selected = after(5);
    steps.push({ kind: 'LANE', at: selected, user: 'SYSTEM', to: lane });
    let found: Found | undefined;
    if (lane === 'red' || lane === 'yellow') {
      steps.push({ kind: 'ASSIGN', at: selected, user: 'SYSTEM', to: examiner });
      const way = next();
      if (way < 0.1) steps.push({ kind: 'REROUTE', at: after(60), user: `${office}.CHIEF`, to: 'green' });
      else if (way < 0.2 && lane === 'yellow') {
        steps.push({ kind: 'REROUTE', at: after(600), user: 'SYSTEM', to: 'blue' });
      } else {
        if (lane === 'yellow' && way > 0.8)
          steps.push({ kind: 'REROUTE', at: after(60), user: examiner, to: 'red' });
        if (lane === 'red' || way > 0.8) {
          const bad = next() < 0.3;
          steps.push({
            kind: 'INSPECT',
            at: after(300),
            user: examiner,
            result: bad ? 'not conform' : 'conform',
          });
          found = bad
            ? { result: pick(['value', 'hs', 'origin', 'quantity']), duty: 1000 + index, fine: 50 }
            : { result: 'conform', duty: 0, fine: 0 };
        }
        steps.push({ kind: 'REROUTE', at: after(60), user: examiner, to: 'green' });
      }
    }
    steps.push({ kind: 'ASSESS', at: after(30), user: examiner });
    if (next() < 0.05) steps.push({ kind: 'CANCEL', at: after(90), user: `${office}.CHIEF` });
    else {
      steps.push({ kind: 'PAY', at: after(600), user: `${office}.CASH` });
      steps.push({ kind: 'RELEASE', at: after(90), user: `${office}.GATE` });
    }
    const items = Array.from({ length: 1 + Math.floor(next() * 3) }, (__, i) => {
      const cif = 1000 + Math.floor(next() * 90_000);
      const duty = Math.round(cif * 0.1);
      return {
        number: i + 1,
        hs: pick(['85171300', '10063000', '87032310']),
        net: 10 + i,
        cif,
        duty,
        vat: Math.round((cif + duty) * 0.18),
      };
    });
    return {
      id: 9000 + index,
      office,
      number: String(index + 1),
      declarant: `BRK${index % 9}`,
      lane,
      examiner,
      section: `S${1 + (index % 3)}`,
      steps,
      ...(found === undefined ? {} : { found }),
      items,
    };
  });
}

type Cell = string | number | undefined;
export const csv = (columns: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [columns, ...rows]
    .map((row) =>
      row
        .map((cell) =>
          cell === undefined
            ? ''
            : /[",\n]/.test(String(cell))
              ? `"${String(cell).replaceAll('"', '""')}"`
              : String(cell),
        )
        .join(','),
    )
    .join('\n') + '\n';

const put = (folder: string, name: string, columns: readonly string[], rows: readonly (readonly Cell[])[]) =>
  writeFileSync(join(folder, name), csv(columns, rows));

const first = (told: Told, kind: string): string | undefined =>
  told.steps.find((step) => step.kind === kind)?.at;
const flag = (told: Told, lane: string): number => (told.lane === lane ? 1 : 0);

const operations: Record<string, string> = {
  REGISTER: 'Register',
  LANE: 'Trigger selectivity',
  ASSESS: 'Assess',
  PAY: 'Pay',
  RELEASE: 'Release',
  CANCEL: 'Cancel',
};
const fraud: Record<string, string> = { value: 'VALUE', hs: 'CLASS', origin: 'ORIGIN', quantity: 'QTY' };

export function writeWorld(told: readonly Told[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  put(
    folder,
    'SAD_GENERAL_SEGMENT.csv',
    [
      'INSTANCEID',
      'IDE_CUO_COD',
      'IDE_TYP_TYP',
      'IDE_TYP_SAD',
      'IDE_TYP_PRC',
      'IDE_REG_SER',
      'IDE_REG_NBR',
      'IDE_REG_DAT',
      'IDE_AST_DAT',
      'DEC_COD',
      'DEC_REF_YER',
      'DEC_REF_NBR',
      'CMP_CON_COD',
      'PTY_NBR_ITM',
      'PTY_RED',
      'PTY_YEL',
      'PTY_BLU',
      'PTY_GRE',
      'PTY_COL_DSC',
      'EXA_SEC',
      'FIN_AMT_DTY',
      'REMARK',
    ],
    told.map((d) => [
      d.id,
      d.office,
      'I',
      'IM',
      4,
      'C',
      d.number,
      first(d, 'REGISTER'),
      first(d, 'ASSESS'),
      d.declarant,
      2026,
      `R${d.id}`,
      `T${d.id % 20}`,
      d.items.length,
      flag(d, 'red'),
      flag(d, 'yellow'),
      flag(d, 'blue'),
      flag(d, 'green'),
      'Green',
      d.section,
      d.items.reduce((sum, item) => sum + item.duty + item.vat, 0),
      'a "quoted", remark',
    ]),
  );
  put(
    folder,
    'SAD_ITEM.csv',
    [
      'INSTANCEID',
      'KEY_ITM_NBR',
      'TAR_HSC_NB1',
      'TAR_PRC_EXT',
      'TAR_PRC_NAT',
      'GDS_ORG_CTY',
      'VIT_WGT_NET',
      'VIT_WGT_GRS',
      'VIT_CIF',
      'VIT_STV',
      'TAX_AMT',
    ],
    told.flatMap((d) =>
      d.items.map((i) => [
        d.id,
        i.number,
        i.hs,
        4000,
        '000',
        'CN',
        i.net,
        i.net + 1,
        i.cif,
        i.cif,
        i.duty + i.vat,
      ]),
    ),
  );
  put(
    folder,
    'SAD_TAX.csv',
    [
      'INSTANCEID',
      'KEY_ITM_NBR',
      'KEY_TAX_RNK',
      'TAX_LIN_COD',
      'TAX_LIN_BSE',
      'TAX_LIN_RAT',
      'TAX_LIN_AMT',
      'TAX_LIN_MOP',
      'TAX_LIN_TYP',
    ],
    told.flatMap((d) =>
      d.items.flatMap((i) => [
        [d.id, i.number, 1, 'DD', i.cif, 10, i.duty, 1, 0],
        [d.id, i.number, 2, 'VAT', i.cif + i.duty, 18, i.vat, 1, 0],
      ]),
    ),
  );
  put(
    folder,
    'UN_ASYBRK_IED.csv',
    ['IED_ID', 'INSTANCE_ID', 'BINDER_ID'],
    [...told.map((d): Cell[] => [d.id * 10, d.id, 'B_asysad']), [1, 1, 'B_asyman']],
  );
  put(
    folder,
    'UN_ASYBRK_TRACK.csv',
    ['IED_ID', 'DOC_VER', 'OP_NAME', 'OP_DATE_TIME', 'USER_NAME', 'STATUS'],
    told.flatMap((d) => [
      [d.id * 10, 0, 'Store', first(d, 'REGISTER'), d.declarant, 'Stored'] as Cell[],
      ...d.steps
        .filter((step) => step.kind in operations || step.kind === 'REROUTE')
        .map((step, i): Cell[] => [
          d.id * 10,
          i + 1,
          operations[step.kind] ?? `Re-route to ${step.to!}`,
          step.at,
          step.user,
          'x',
        ]),
    ]),
  );
  put(
    folder,
    'SAD_EXAMINERS.csv',
    ['INSTANCEID', 'EXA_COD', 'EXA_DAT', 'ASS_USR', 'EXA_SEC'],
    told.flatMap((d) =>
      d.steps
        .filter((step) => step.kind === 'ASSIGN')
        .map((step): Cell[] => [d.id, step.to, step.at, step.user, d.section]),
    ),
  );
  const inspected = told.filter((d) => d.found !== undefined);
  put(
    folder,
    'INSP_ACT_TAB.csv',
    [
      'INSTANCE_ID',
      'IDE_CUO_COD',
      'SAD_REG_SER',
      'SAD_REG_NBR',
      'SAD_DEC_REF_YEA',
      'ACT_DAT',
      'EXA_COD',
      'CONFORM',
    ],
    inspected.map((d) => [
      d.id + 50_000,
      d.office,
      'C',
      d.number,
      2026,
      first(d, 'INSPECT'),
      d.examiner,
      d.found!.result === 'conform' ? 1 : 0,
    ]),
  );
  put(
    folder,
    'INSP_ACT_EXAM.csv',
    ['INSTANCE_ID', 'FRD_COD', 'PENALTY', 'REVENUE'],
    inspected
      .filter((d) => d.found!.result !== 'conform')
      .map((d) => [d.id + 50_000, fraud[d.found!.result], d.found!.fine, d.found!.duty]),
  );
}

export function writePlus(told: readonly Told[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  const key = ['KEY_YEAR', 'KEY_CUO', 'KEY_DEC', 'KEY_NBER'];
  const of = (d: Told): Cell[] => [2026, d.office, d.declarant, `R${d.id}`];
  put(
    folder,
    'SAD_GEN.csv',
    [
      ...key,
      'SAD_FLW',
      'SAD_TYP_DEC',
      'SAD_TYP_PROC',
      'SAD_REG_SERIAL',
      'SAD_REG_NBER',
      'SAD_REG_DATE',
      'SAD_CONSIGNEE',
      'SAD_ITM_TOTAL',
      'SAD_NUM',
      'LST_OPE',
      'SAD_TOTAL_TAXES',
    ],
    told.map((d) => [
      ...of(d),
      1,
      'IM',
      4,
      'C',
      d.number,
      first(d, 'REGISTER')!.slice(0, 10),
      `T${d.id % 20}`,
      d.items.length,
      0,
      'U',
      d.items.reduce((sum, item) => sum + item.duty + item.vat, 0),
    ]),
  );
  put(
    folder,
    'SAD_ITM.csv',
    [
      ...key,
      'ITM_NBER',
      'SADITM_HS_COD',
      'SADITM_EXTD_PROC',
      'SADITM_NAT_PROC',
      'SADITM_CTY_ORIGCOD',
      'SADITM_NET_MASS',
      'SADITM_GROSS_MASS',
      'SADITM_STAT_VAL',
      'SAD_NUM',
      'SADITM_TOTAL_TAXES',
    ],
    told.flatMap((d) =>
      d.items.map((i) => [
        ...of(d),
        i.number,
        i.hs,
        4000,
        '000',
        'CN',
        i.net,
        i.net + 1,
        i.cif,
        0,
        i.duty + i.vat,
      ]),
    ),
  );
  put(
    folder,
    'SAD_TAX.csv',
    [
      ...key,
      'ITM_NBER',
      'SADITM_TAX_CODE',
      'SADITM_TAX_BASE',
      'SADITM_TAX_RATE',
      'SADITM_TAX_AMOUNT',
      'SADITM_TAX_MOP',
      'SADITM_TAX_TYP',
      'SAD_NUM',
    ],
    told.flatMap((d) =>
      d.items.flatMap((i) => [
        [...of(d), i.number, 'DD', i.cif, 10, i.duty, 1, 0, 0],
        [...of(d), i.number, 'VAT', i.cif + i.duty, 18, i.vat, 1, 0, 0],
      ]),
    ),
  );
  const lanes: Record<string, number> = { green: 0, blue: 1, yellow: 2, red: 3 };
  const actions: Record<string, Cell> = {
    REGISTER: 25,
    LANE: 24,
    REROUTE: 9,
    ASSESS: 'ASSESSED',
    PAY: 'PAID',
    RELEASE: 'RELEASED',
    CANCEL: 'CANCELLED',
  };
  put(
    folder,
    'SAD_SPY.csv',
    [
      ...key,
      'SPY_STA',
      'SPY_ACT',
      'USR_NAM',
      'UPD_DAT',
      'UPD_HOR',
      'SAD_CLR',
      'SEC_COD',
      'USR_EX1',
      'USR_EX2',
    ],
    told.flatMap((d) => {
      let assigned: string | undefined;
      return d.steps
        .filter((step) => step.kind in actions)
        .map((step): Cell[] => {
          if (step.kind === 'LANE') assigned = d.steps.find((other) => other.kind === 'ASSIGN')?.to;
          const section = ['LANE', 'REROUTE', 'ASSESS'].includes(step.kind) ? d.section : undefined;
          return [
            ...of(d),
            10,
            actions[step.kind],
            step.user,
            step.at.slice(0, 10),
            step.at.slice(11),
            step.to === undefined ? undefined : lanes[step.to],
            section,
            assigned,
            undefined,
          ];
        });
    }),
  );
  put(
    folder,
    'SAD_ACT.csv',
    [...key, 'ACT_DAT', 'ACT_HOR', 'USR_NAM', 'ACT_CNF', 'ACT_RES', 'ACT_AMT', 'ACT_FINE'],
    told
      .filter((d) => d.found !== undefined)
      .map((d) => {
        const at = first(d, 'INSPECT')!;
        const bad = d.found!.result !== 'conform';
        return [
          ...of(d),
          at.slice(0, 10),
          at.slice(11),
          d.examiner,
          bad ? 0 : 1,
          bad ? d.found!.result : 'conform',
          bad ? d.found!.duty : undefined,
          bad ? d.found!.fine : undefined,
        ];
      }),
  );
}

export function writeLog(told: readonly Told[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  const roleOf: Record<string, string> = {
    REGISTER: 'declarant',
    LANE: 'system',
    ASSIGN: 'assigner',
    INSPECT: 'examiner',
    REROUTE: 'rerouter',
    ASSESS: 'assessor',
    PAY: 'cashier',
    RELEASE: 'releaser',
    CANCEL: 'canceller',
  };
  const sectioned = new Set(['LANE', 'ASSIGN', 'REROUTE', 'ASSESS']);
  put(
    folder,
    'events.csv',
    [
      'declaration',
      'kind',
      'at',
      'user',
      'role',
      'office',
      'section',
      'to',
      'control',
      'result',
      'outcome',
      'duty',
      'fine',
    ],
    told.flatMap((d) =>
      d.steps.map((step): Cell[] => {
        const act = step.kind === 'INSPECT' ? d.found : undefined;
        const bad = act !== undefined && act.result !== 'conform';
        return [
          `${d.office}/2026/C${d.number}`,
          step.kind,
          step.at,
          step.user,
          roleOf[step.kind],
          d.office,
          sectioned.has(step.kind) ? d.section : undefined,
          step.to,
          act === undefined ? undefined : 'physical',
          step.result,
          act?.result,
          bad ? act.duty : undefined,
          bad ? act.fine : undefined,
        ];
      }),
    ),
  );
}
