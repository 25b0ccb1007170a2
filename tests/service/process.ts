/** The real service as a process of its own, over HTTP, so that it can be killed. Drives dist/, which `npm test` builds first. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { builtModule } from '../../src/ground/paths.ts';
import { smallRules } from './harness.ts';

const main = builtModule('cli/main.js');
export const isBuilt = existsSync(main);

export type Place = { data: string } | { mongodbUri: string };

export interface ServiceProcess {
  url: string;
  child: ChildProcess;
  /** Resolves to the exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
  /** What it has written to its standard error. */
  told(): string;
}

const script = fileURLToPath(new URL('serving.mjs', import.meta.url));

export async function startProcess(
  place: Place,
  more: readonly string[] = [],
  settings: NodeJS.ProcessEnv = {},
  {
    unread = false,
    descriptors,
    dataKiB,
  }: {
    /** Writes its log to a pipe, which nobody reads once the service has begun. */
    unread?: boolean;
    /** That it may have open. */
    descriptors?: number;
    /** Of memory, that the system gives it. */
    dataKiB?: number;
  } = {},
): Promise<ServiceProcess> {
  const { MONGODB_URI: _, ...environment } = process.env;
  const limits = [
    ...(descriptors === undefined ? [] : [`ulimit -n ${descriptors}`]),
    ...(dataKiB === undefined ? [] : [`ulimit -d ${dataKiB}`]),
  ];
  const limited = limits.length === 0 ? [] : ['bash', '-c', [...limits, 'exec "$@"'].join('; '), 'bash'];
  const [program, ...before] = [...limited, process.execPath];
  const child = spawn(
    program!,
    [
      ...before,
      script,
      main,
      'serve',
      '--port',
      '0',
      ...(unread ? [] : ['--quiet']),
      '--rules',
      smallRules,
      ...('data' in place ? ['--data', place.data] : []),
      ...more,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...environment,
        ...settings,
        ...('mongodbUri' in place
          ? { MONGODB_URI: place.mongodbUri, CROSSCHECK_SECRET: Buffer.alloc(32, 7).toString('base64') }
          : {}),
      },
    },
  );
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  let told = '';
  child.stderr!.on('data', (chunk) => {
    told += chunk;
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    const listening = /listens on (http:\S+),/.exec(line);
    if (listening !== null) {
      if (unread) child.stdout!.pause();
      else child.stdout!.resume();
      return { url: listening[1]!, child, ended, told: () => told };
    }
  }
  throw new Error(`the service did not start: ${told}`);
}
