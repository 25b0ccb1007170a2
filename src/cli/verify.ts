/** `crosscheck verify draw|audit`: the auditor's tools; exit 1 where something does not hold. */
import type { Command } from 'commander';
import { type AuditVerdict, anchorPattern, copiesOf, verifyAudit } from '../audit/verify.ts';
import { knownSecret, openDrawKeys } from '../check/draw-keys.ts';
import { type DrawVerdict, verifyCheckDraw } from '../check/verify-draw.ts';
import { CrosscheckError } from '../errors.ts';
import { callService, type ReachOptions, reach, secretFolder, withDataOption } from './reach.ts';

export function registerVerify(program: Command): void {
  const verify = program.command('verify').description('verify draws and the audit log');

  withDataOption(verify.command('draw'))
    .description('that the random draw of a check was committed to before and came out as recorded')
    .argument('<check>', 'id of the check')
    .action(async (id: string, options: ReachOptions) => {
      const verdict = await drawVerdict(id, options);
      process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
      process.exitCode = verdict.holds ? 0 : 1;
    });

  withDataOption(verify.command('audit'))
    .description('that no entry of the audit log was changed or cut out')
    .option(
      '--anchor <day=hash...>',
      'anchors that were copied out before: what no longer holds them is broken',
    )
    .action(async (options: ReachOptions & { anchor?: string[] }) => {
      const { writers, entries, anchors, newest, ahead, behind, broken } = await auditVerdict(options);
      process.stdout.write(`${entries} entries of ${writers} writers, ${anchors} anchors\n`);
      if (ahead !== undefined)
        process.stdout.write(
          `a clock was ahead: the anchors of ${ahead.join(', ')} tell later times than those after them\n`,
        );
      if (behind !== undefined)
        process.stdout.write(
          `a clock was behind: ${behind.entries} entries, from ${behind.first}, name the anchor after which they were written\n`,
        );
      if (newest !== undefined && broken === undefined)
        process.stdout.write(`newest anchor, to be copied out: ${newest.day}=${newest.hash}\n`);
      if (broken !== undefined)
        process.stdout.write(`first broken link: ${broken.where}: ${broken.problem}\n`);
      process.exitCode = broken === undefined ? 0 : 1;
    });
}

async function drawVerdict(id: string, options: ReachOptions): Promise<DrawVerdict> {
  const reached = await reach(options);
  if (reached.kind === 'service') {
    return (await (
      await callService(reached, `/v1/checks/${encodeURIComponent(id)}/draw`)
    ).json()) as DrawVerdict;
  }
  try {
    const folder = secretFolder(options);
    const secret = knownSecret(folder);
    if (secret === undefined) {
      const beside = folder === undefined ? '' : `, and there is no secret.key in ${folder}`;
      throw new CrosscheckError('CC_BAD_ARGUMENT', {
        name: 'CROSSCHECK_SECRET',
        problem: `is not set${beside}`,
      });
    }
    return await verifyCheckDraw(reached.store, openDrawKeys(secret), id, new Date());
  } finally {
    await reached.store.close();
  }
}

async function auditVerdict({
  anchor = [],
  ...options
}: ReachOptions & { anchor?: string[] }): Promise<AuditVerdict> {
  const wrong = anchor.find((copy) => !new RegExp(anchorPattern).test(copy));
  if (wrong !== undefined)
    throw new CrosscheckError('CC_BAD_ARGUMENT', { name: '--anchor', problem: `"${wrong}" is no DAY=HASH` });
  const reached = await reach(options);
  if (reached.kind === 'service') {
    const query = new URLSearchParams(anchor.map((copy): [string, string] => ['anchor', copy]));
    return (await (await callService(reached, `/v1/audit/verify?${query}`)).json()) as AuditVerdict;
  }
  try {
    return await verifyAudit(reached.store, copiesOf(anchor));
  } finally {
    await reached.store.close();
  }
}
