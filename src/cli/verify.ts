/** `crosscheck verify draw|audit`: the auditor's tools; exit 1 where something does not hold. */
import type { Command } from 'commander';
import { type AuditVerdict, verifyAudit } from '../audit/verify.ts';
import { masterSecret, openDrawKeys } from '../check/draw-keys.ts';
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
    .action(async (options: ReachOptions) => {
      const { writers, entries, anchors, broken } = await auditVerdict(options);
      process.stdout.write(`${entries} entries of ${writers} writers, ${anchors} anchors\n`);
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
    const secret = masterSecret(secretFolder(options));
    if (secret === undefined) {
      throw new CrosscheckError('CC_BAD_ARGUMENT', { name: 'CROSSCHECK_SECRET', problem: 'is not set' });
    }
    return await verifyCheckDraw(reached.store, openDrawKeys(secret), id, new Date());
  } finally {
    await reached.store.close();
  }
}

async function auditVerdict(options: ReachOptions): Promise<AuditVerdict> {
  const reached = await reach(options);
  if (reached.kind === 'service') {
    return (await (await callService(reached, '/v1/audit/verify')).json()) as AuditVerdict;
  }
  try {
    return await verifyAudit(reached.store);
  } finally {
    await reached.store.close();
  }
}
