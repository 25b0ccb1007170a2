/** `crosscheck baselines`: what comparable goods usually are, computed and stored in versions. */
import { CrosscheckError } from '../errors.ts';
import { type BaselineGroup, type BaselineVersion, openBaselines } from '../evidence/baselines/store.ts';
import { baselineDays, openEvidence } from '../evidence/open.ts';
import { onRecord } from './on-record.ts';
import { callService, type ReachOptions, reach, withDataOption } from './reach.ts';
import type { Register } from './register.ts';
import { badArgument, print, table } from './rules-folder.ts';

const json = { 'content-type': 'application/json' };

const described = ({ id, recordedAt, days, groups, items }: BaselineVersion): string =>
  `version ${id}: ${groups} groups of ${items} items in ${days} days before ${recordedAt}`;

export const registerBaselines: Register = (program) => {
  const baselines = program.command('baselines').description('what comparable goods usually are');

  withDataOption(baselines.command('compute'))
    .description('compute a version from what is known now; checks use it from then on')
    .option('--days <number>', 'length of the window', String(baselineDays))
    .option('--json', 'the version as JSON')
    .action(async (options: ReachOptions & { days: string; json?: boolean }) => {
      const days = Number(options.days);
      if (!Number.isInteger(days) || days < 30 || days > 3_660)
        throw badArgument('--days', `"${options.days}" is no number from 30 to 3660`);
      const reached = await reach(options);
      let version: BaselineVersion;
      if (reached.kind === 'service') {
        const answer = await callService(reached, '/v1/baselines', {
          method: 'POST',
          headers: json,
          body: JSON.stringify({ days }),
        });
        version = (await answer.json()) as BaselineVersion;
      } else {
        try {
          const evidence = await openEvidence({ store: reached.store });
          const at = new Date().toISOString();
          await onRecord(reached.store, 'baselines.compute', `${days} days before ${at}`);
          version = await evidence.renewBaselines!(at, days);
        } finally {
          await reached.store.close();
        }
      }
      print(options.json === true ? JSON.stringify(version) : described(version));
    });

  withDataOption(baselines.command('list'))
    .description('versions, newest first')
    .action(async (options: ReachOptions) => {
      const reached = await reach(options);
      let data: BaselineVersion[];
      if (reached.kind === 'service')
        ({ data } = (await (await callService(reached, '/v1/baselines')).json()) as {
          data: BaselineVersion[];
        });
      else {
        try {
          data = await openBaselines(reached.store).versions(100);
        } finally {
          await reached.store.close();
        }
      }
      for (const version of data) print(described(version));
    });

  withDataOption(baselines.command('show'))
    .description('centre, spread and range of a group')
    .argument('<group>', 'HS6 and origin ("851713 CN"), HS6 or HS4')
    .option('--of <version>', 'the newest otherwise')
    .option('--json', 'as JSON')
    .action(async (group: string, options: ReachOptions & { of?: string; json?: boolean }) => {
      const found = await groupOf(group, options);
      if (options.json === true) {
        print(JSON.stringify(found));
        return;
      }
      print(`${found.group}, version ${found.version}`);
      const rows = Object.entries(found.measures).map(([measure, one]) => [
        measure,
        one.count,
        ...[one.minimum, one.p05, one.median, one.p95, one.maximum, one.spread].map((value) =>
          Number(value.toPrecision(5)),
        ),
      ]);
      for (const line of table(
        ['measure', 'count', 'minimum', '5 %', 'median', '95 %', 'maximum', 'spread'],
        rows,
      ))
        print(line);
    });
};

async function groupOf(group: string, options: ReachOptions & { of?: string }): Promise<BaselineGroup> {
  const reached = await reach(options);
  if (reached.kind === 'service') {
    const query = options.of === undefined ? '' : `?${new URLSearchParams({ version: options.of })}`;
    return (await (
      await callService(reached, `/v1/baselines/${encodeURIComponent(group)}${query}`)
    ).json()) as BaselineGroup;
  }
  try {
    const stored = openBaselines(reached.store);
    const version = options.of ?? (await stored.versions(1))[0]?.id ?? '';
    const found = await stored.group(version, group);
    if (found === undefined)
      throw new CrosscheckError('CC_NOT_FOUND', { what: 'baseline', id: `${group} of version ${version}` });
    return found;
  } finally {
    await reached.store.close();
  }
}
