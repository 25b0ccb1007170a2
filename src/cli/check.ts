/** `crosscheck check FILE…`: declarations from files to findings and a lane, without a store. */
import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { checkFiles } from '../backtest/read-files.ts';
import { checkAlone } from '../check/alone.ts';
import type { CheckDocument } from '../check/document.ts';
import { openDesk } from '../check/open-desk.ts';
import { CrosscheckError } from '../errors.ts';
import { whyUnreadable } from '../ground/system-error.ts';
import { read } from '../intake/read.ts';
import { asCrosscheckError, toLines, toProblem } from '../present.ts';
import { answerFor } from '../service/answer.ts';
import { localCaller } from '../service/caller.ts';
import { knownCountry } from './country.ts';
import { knownLanguage } from './language.ts';

interface CheckOptions {
  json?: boolean;
  failOn?: string;
  country?: string;
  mapping?: string;
  rules?: string;
  profile?: string;
  lang: string;
}

const severities = ['error', 'warning'] as const;

export function registerCheck(program: Command): void {
  program
    .command('check')
    .description('check declarations from files and print findings and lane; needs no store')
    .argument('<file...>', 'SAD XML, WCO XML, JSON, NDJSON, or CSV with --mapping; - for standard input')
    .option('--json', 'one JSON object a line')
    .option('--fail-on <class>', 'exit with 1 on a finding of this class or a worse one: error or warning')
    .option('--country <id>', 'country profile under which messages are read')
    .option('--mapping <file>', 'column mapping, for CSV')
    .option('--rules <dir>', 'folder of rules', undefined)
    .option('--profile <file>', 'selectivity profile')
    .option('--lang <code>', 'language of messages: en, fr, or another that the rules have', 'en')
    .action(async (files: string[], options: CheckOptions) => {
      process.exitCode = await check(files, options);
    });
}

async function check(files: readonly string[], options: CheckOptions): Promise<number> {
  const failOn = severities.find((severity) => severity === options.failOn);
  if (options.failOn !== undefined && failOn === undefined) {
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: '--fail-on',
      problem: `"${options.failOn}" is neither error nor warning`,
    });
  }
  knownCountry(options.country);
  // Also where no file turns out to need it: a slip in its name is told.
  if (options.mapping !== undefined) checkFiles([options.mapping]);
  const desk = await openDesk({ rules: options.rules, profile: options.profile });
  knownLanguage(options.lang, desk.rulebook().rules);
  let unusable = false;
  let reached = false;
  for (const file of files) {
    const input = file === '-' ? process.stdin : createReadStream(file);
    const refuse = (thrown: unknown) => {
      unusable = true;
      if (options.json) process.stdout.write(`${JSON.stringify(toProblem(thrown))}\n`);
      else process.stderr.write(`${toLines(thrown)}\n`);
    };
    try {
      const records = read(input, { file, country: options.country, mapping: options.mapping });
      for await (const result of checkAlone(desk, records)) {
        if (result.kind === 'refused') {
          refuse(result.error.at({ ...result.where, file }));
          continue;
        }
        if (result.kind === 'answer') {
          // Told apart from what was checked, so that nobody takes silence for a clean result.
          process.stderr.write(
            `${file}: answers declaration ${result.declaration}, which is not here; import both\n`,
          );
          continue;
        }
        reached ||= failOn !== undefined && reaches(result.check, failOn);
        const answer = answerFor(localCaller, result);
        process.stdout.write(
          options.json ? `${JSON.stringify({ file, ...answer })}\n` : printed(file, answer, options.lang),
        );
      }
    } catch (thrown) {
      refuse(readable(thrown, file));
    }
  }
  return unusable ? 2 : reached ? 1 : 0;
}

/** A file that cannot be opened is an argument to correct, not a fault of ours. */
function readable(thrown: unknown, file: string): CrosscheckError {
  const { code = '' } = thrown as NodeJS.ErrnoException;
  if (['ENOENT', 'ENOTDIR', 'EACCES', 'EISDIR'].includes(code))
    return new CrosscheckError(
      'CC_FILE_UNREADABLE',
      { file, problem: whyUnreadable(thrown) },
      { file },
      thrown,
    );
  return asCrosscheckError(thrown).at({ file });
}

const reaches = (check: CheckDocument, failOn: (typeof severities)[number]): boolean =>
  check.findings.some(
    (finding) =>
      finding.shadow !== true &&
      (finding.class === 'error' || (failOn === 'warning' && finding.class === 'warning')),
  );

function printed(file: string, answer: ReturnType<typeof answerFor>, lang: string): string {
  const lines = [
    `${file}  ${answer.declaration}`,
    `  lane ${answer.lane}, score ${answer.score} — ${answer.reason}`,
  ];
  for (const finding of answer.findings) {
    const item = finding.item === undefined ? '' : ` item ${finding.item}`;
    const shadow = finding.shadow === true ? ' (shadow)' : '';
    lines.push(
      `  ${finding.class.padEnd(7)} ${finding.rule}${item}${shadow}  ${finding.message[lang] ?? finding.message.en}`,
    );
  }
  if (answer.findings.length === 0) lines.push('  no findings');
  const missing = new Set(answer.notEvaluated.map((hole) => hole.rule));
  if (missing.size > 0)
    lines.push(`  not evaluated: ${missing.size} rules, for want of data (--json lists them)`);
  return `${lines.join('\n')}\n`;
}
