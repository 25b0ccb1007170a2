/**
 * `crosscheck contracts`, `sheets` and `training-needs`: what is measured of persons by agreement. Every step goes the
 * way of the service, whether one runs or not: the same permissions, phases and audit, as the holder of a key or as the
 * session of this machine. Two steps of one sheet that two people must do need two keys.
 */
import { randomBytes } from 'node:crypto';
import { openDesk } from '../check/open-desk.ts';
import { CrosscheckError } from '../errors.ts';
import type { Contract } from '../indicators/contracts/contract.ts';
import type { MarkSheet } from '../indicators/contracts/sheet.ts';
import type { TrainingNeed } from '../indicators/contracts/training.ts';
import type { Definition } from '../indicators/definition.ts';
import type { Problem } from '../present.ts';
import { project } from '../projections/project.ts';
import { buildService } from '../service/app.ts';
import { openKeys } from '../service/auth/keys.ts';
import { callService, type ReachOptions, reach, withDataOption } from './reach.ts';
import type { Register } from './register.ts';

interface Flags extends ReachOptions {
  key?: string;
  json?: boolean;
}

type Ask = (method: 'GET' | 'POST', path: string, body?: object) => Promise<unknown>;

const json = { 'content-type': 'application/json' };

/** The service on the store of this command: no port, one caller, and closed when the work is done. */
async function throughService<T>(flags: Flags, work: (ask: Ask) => Promise<T>): Promise<T> {
  const reached = await reach(flags);
  if (reached.kind === 'service') {
    const service = flags.key === undefined ? reached : { ...reached, token: flags.key };
    return work(async (method, path, body) => {
      const sent = body === undefined ? {} : { headers: json, body: JSON.stringify(body) };
      return (await callService(service, path, { method, ...sent })).json();
    });
  }
  const { store } = reached;
  const localToken = randomBytes(32).toString('base64url');
  const token = flags.key ?? localToken;
  try {
    await project(store);
    const desk = await openDesk();
    const app = await buildService({
      store,
      desk,
      localToken,
      authentication: { keys: openKeys(store) },
      // One caller waits for its own answers.
      limits: { eventLoopDelayMs: 0 },
    });
    try {
      return await work(async (method, url, body) => {
        const answer = await app.inject({
          method,
          url,
          headers: { ...json, authorization: `Bearer ${token}` },
          ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
        });
        if (answer.statusCode < 400) return answer.json();
        const { code, detail } = answer.json<Partial<Problem>>();
        throw new CrosscheckError('CC_SERVICE_ANSWERED', {
          status: answer.statusCode,
          code: code ?? 'no code',
          problem: detail ?? 'no detail',
        });
      });
    } finally {
      await app.close();
      desk.close();
    }
  } finally {
    await store.close();
  }
}

const print = (lines: readonly string[]): void => {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
};

const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? '-' : String(Math.round(value * 100) / 100);

function sheetLines({
  id,
  status,
  total,
  full,
  results,
  gaming = [],
  comment,
  ...sheet
}: MarkSheet): string[] {
  return [
    `${id}  ${status}  ${number(total)} of ${full}`,
    ...results.map(
      ({ objective, value, n, threshold, mark, why, counter }) =>
        `  ${objective}: ${number(value)} on ${n}, threshold ${number(threshold?.value)}, mark ${number(mark)}${
          why === undefined ? '' : ` (${why})`
        }; counter-indicator ${number(counter.value)} against ${number(counter.threshold)}`,
    ),
    ...gaming.map(
      ({ check, title, value, n, benchmark, state }) =>
        `  ${check} ${title.en}: ${number(value)} on ${n}, colleagues ${number(benchmark)}, ${state}`,
    ),
    `  drawn up by ${sheet.drawnUpBy}`,
    ...(comment === undefined ? [] : [`  comment of ${comment.at}: ${comment.text}`]),
    ...(sheet.countersignedBy === undefined ? [] : [`  countersigned by ${sheet.countersignedBy}`]),
    ...(sheet.issuedAt === undefined ? [] : [`  issued ${sheet.issuedAt}`]),
  ];
}

interface SheetFlags extends Flags {
  drawUp?: string;
  subject?: string;
  period?: string;
  office?: string;
  comment?: string;
  countersign?: boolean;
  issue?: boolean;
}

/** The one step that was asked of a sheet. */
function stepOf(id: string | undefined, flags: SheetFlags): ['GET' | 'POST', string, object?] | undefined {
  if (flags.drawUp !== undefined) {
    const { drawUp: contract, subject, period, office } = flags;
    return [
      'POST',
      '/v1/mark-sheets',
      { contract, subject, period, ...(office === undefined ? {} : { office }) },
    ];
  }
  if (id === undefined) return undefined;
  const path = `/v1/mark-sheets/${encodeURIComponent(id)}`;
  if (flags.comment !== undefined) return ['POST', `${path}/comment`, { text: flags.comment }];
  if (flags.countersign === true) return ['POST', `${path}/countersign`, {}];
  if (flags.issue === true) return ['POST', `${path}/issue`, {}];
  return ['GET', path];
}

export const registerContracts: Register = (program) => {
  const keyOption = '--key <key>';
  const keyText = 'act as the holder of this API key; the session of this machine where absent';

  withDataOption(program.command('contracts'))
    .description('performance contracts: objectives, counter-indicators and gaming checks')
    .option(keyOption, keyText)
    .option('--json', 'one JSON object')
    .action(async (flags: Flags) => {
      const answer = (await throughService(flags, (ask) => ask('GET', '/v1/contracts'))) as {
        data: Contract[];
        gaming: Definition[];
      };
      if (flags.json === true) return print([JSON.stringify(answer)]);
      print([
        ...answer.data.flatMap(({ id, title, party, sheet, objectives }) => [
          `${id}  ${title.en}, by ${party}, a sheet every ${sheet}`,
          ...objectives.map(
            ({ id: name, measured, better, coefficient, counter, gaming = [] }) =>
              `  ${name}: ${measured.indicator} ${measured.figure} ${better}, coefficient ${coefficient}, against ${counter.indicator} ${counter.figure}${
                gaming.length === 0 ? '' : `, checked by ${gaming.join(' ')}`
              }`,
          ),
        ]),
        ...answer.gaming.map(({ id, title }) => `${id}  ${title.en}`),
      ]);
    });

  withDataOption(program.command('sheets'))
    .description(
      'mark sheets: list, draw up, comment, countersign, issue; without an option, one or all are shown',
    )
    .argument('[id]', 'sheet, such as "inspector|O-1|XXA1|2026-03"')
    .option('--draw-up <contract>', 'draw one up; needs --subject and --period')
    .option('--subject <id>', "the officer's surrogate, or the firm")
    .option('--period <period>', 'month or year, as the contract has it')
    .option('--office <code>', 'whose history sets the thresholds; needed for an officer')
    .option('--comment <text>', "the person's own words")
    .option('--countersign', 'neither who drew it up nor the person it is about')
    .option('--issue', 'from then on it stays as it is')
    .option(keyOption, keyText)
    .option('--json', 'one JSON object')
    .action(async (id: string | undefined, flags: SheetFlags) => {
      const step = stepOf(id, flags);
      if (step === undefined) {
        const { data } = (await throughService(flags, (ask) => ask('GET', '/v1/mark-sheets'))) as {
          data: Pick<MarkSheet, 'id' | 'status' | 'total' | 'full'>[];
        };
        const lines = data.map(
          (sheet) => `${sheet.id}  ${sheet.status}  ${number(sheet.total)} of ${sheet.full}`,
        );
        return print(flags.json === true ? [JSON.stringify(data)] : lines);
      }
      const sheet = (await throughService(flags, (ask) => ask(...step))) as MarkSheet;
      print(flags.json === true ? [JSON.stringify(sheet)] : sheetLines(sheet));
    });

  withDataOption(program.command('training-needs'))
    .description("what an officer's controls miss, by subject, beside what they find")
    .requiredOption('--officer <id>', "the officer's surrogate")
    .requiredOption('--office <code>', 'office')
    .requiredOption('--from <day>', 'first day')
    .requiredOption('--to <day>', 'last day')
    .option(keyOption, keyText)
    .option('--json', 'one JSON object')
    .action(async (flags: Flags & Record<'officer' | 'office' | 'from' | 'to', string>) => {
      const { officer, office, from, to } = flags;
      const query = new URLSearchParams({ officer, office, from, to });
      const { data } = (await throughService(flags, (ask) => ask('GET', `/v1/training-needs?${query}`))) as {
        data: TrainingNeed[];
      };
      const lines = data.map(
        ({ subject, missed, found, chapters }) =>
          `${subject}: missed ${missed}, found ${found}${chapters.length === 0 ? '' : `; chapters ${chapters.join(' ')}`}`,
      );
      print(flags.json === true ? [JSON.stringify(data)] : lines);
    });
};
