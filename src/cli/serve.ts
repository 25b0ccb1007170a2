/** `crosscheck serve`: the service on this machine; with --sample it starts with made-up data the first time. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { masterSecret } from '../check/draw-keys.ts';
import { type OpenDesk, openDesk, type ShadowReport } from '../check/open-desk.ts';
import { openSpool, type Spool } from '../check/spool.ts';
import { CrosscheckError } from '../errors.ts';
import { softLimit } from '../ground/limits.ts';
import { openSeal, sealKeys } from '../ground/seal.ts';
import { toLines } from '../present.ts';
import { diagnosticLines } from '../rules/diagnostic.ts';
import { type LiveRulebook, RulebookRefused } from '../rules/rulebook.ts';
import { configureAuthentication } from '../service/auth/configure.ts';
import { openLogLines } from '../service/log-lines.ts';
import { calm, type OpenService, openService } from '../service/open.ts';
import { publicUrl } from '../service/public-url.ts';
import { loadRetention } from '../service/retention/policy.ts';
import { openStore } from '../store/open.ts';
import { announceRunning } from '../store/running.ts';
import { greeting } from './greeting.ts';
import { dataFolder, type ReachOptions, withDataOption } from './reach.ts';
import { loadSample } from './sample.ts';

interface ServeOptions extends ReachOptions {
  port: string;
  host: string;
  sample?: boolean;
  auth?: string;
  rules?: string;
  profile?: string;
  retention?: string;
  spool?: string;
  publicUrl?: string;
  quiet?: boolean;
}

export function registerServe(program: Command): void {
  withDataOption(program.command('serve'))
    .description('start the service')
    .option('--port <number>', 'port to listen on', '8080')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--sample', 'load a small made-up sample if the store is empty')
    .option('--auth <ways>', 'keys, oidc or both with a comma (or CROSSCHECK_AUTH); none: this machine alone')
    .option('--rules <dir>', 'folder of rules, followed while the service runs; the shipped ones otherwise')
    .option('--profile <file>', 'selectivity profile; the starting profile otherwise')
    .option('--retention <file>', 'how long data are kept (or CROSSCHECK_RETENTION); for ever otherwise')
    .option(
      '--spool <dir>',
      'folder of this process alone that takes declarations while the store is away (or CROSSCHECK_SPOOL)',
    )
    .option(
      '--public-url <address>',
      'under which people reach the service, for links on printed pages (or CROSSCHECK_PUBLIC_URL); as it was called otherwise',
    )
    .option('--quiet', 'no log of requests')
    .action(serve);
}

/** Below these the process is ended by the system sooner or later: V8 reserves more than it uses, and neither it nor the store asks. */
const leastMemory = [
  ['address space', '-v', 4 * 2 ** 30],
  ['data size', '-d', 2 ** 30],
] as const;

function tellTightMemory(): void {
  for (const [name, flag, least] of leastMemory) {
    const soft = softLimit(name);
    if (soft !== undefined && soft < least)
      process.stderr.write(
        `ulimit ${flag} leaves this process ${Math.floor(soft / 2 ** 20)} MiB, and the system ends it where it wants more: limit memory by a container or a cgroup instead, by which it sheds in time\n`,
      );
  }
}

/** The operator reads what the folder of rules came to, and the analyst why a change is not in force. */
function tellRulebook({ current, refusal }: LiveRulebook): void {
  const lines =
    refusal === undefined
      ? [`rulebook ${current.version.slice(0, 12)} is in force: ${current.compiled.rules.length} rules`]
      : [
          ...(refusal.error instanceof RulebookRefused ? refusal.error.diagnostics.map(diagnosticLines) : []),
          toLines(refusal.error),
        ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** A disagreement of the two engines is a fault of one of them: it is told in full, and the compiled result stands. */
const tellShadow: ShadowReport = {
  disagreed: (disagreement) =>
    process.stderr.write(`the second engine disagrees: ${JSON.stringify(disagreement)}\n`),
  failed: (problem) => process.stderr.write(`the second engine failed: ${problem}\n`),
};

/** The service, with the made-up sample in its store where that is asked for and the store is empty. */
export async function openServing(
  options: Parameters<typeof openService>[0] & { desk: OpenDesk },
  sample = false,
): Promise<OpenService> {
  // Before the service begins to follow what is written: it would not be told of this.
  if (sample) await loadSample(options.store, options.desk);
  return openService(options);
}

/** Milliseconds after its end for which what is left open may keep the process. */
const leftMs = 3_000;

/** What the system says of an address that it does not open. */
const listenProblems: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up',
  EAFNOSUPPORT: 'this machine has no addresses of that kind',
  EACCES: 'no permission to open this port',
};

function listenFault(cause: unknown, host: string, port: number): unknown {
  const { code = '' } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new CrosscheckError('CC_PORT_TAKEN', { port }, {}, cause);
  const problem = listenProblems[code];
  return problem === undefined
    ? cause
    : new CrosscheckError('CC_LISTEN_FAILED', { host, port, problem }, {}, cause);
}

const isLocal = (host: string): boolean => ['127.0.0.1', '::1', 'localhost'].includes(host);

async function serve(options: ServeOptions): Promise<void> {
  tellTightMemory();
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: '--port',
      problem: `"${options.port}" is not a port`,
    });
  }

  const retentionFile = options.retention ?? process.env.CROSSCHECK_RETENTION;
  const retention = retentionFile === undefined ? undefined : loadRetention(retentionFile);

  const reachedAt = publicUrlOf(options);

  const mongodbUri = options.data === undefined ? process.env.MONGODB_URI : undefined;
  const data = dataFolder(options);
  const store = await openStore(mongodbUri === undefined ? { data } : { mongodbUri });
  const authentication = configureAuthentication(options.auth, store);
  if (authentication === undefined && !isLocal(options.host)) {
    await store.close();
    throw new CrosscheckError('CC_LISTEN_REFUSED', { host: options.host });
  }
  const desk = await openDesk({
    store,
    secret: masterSecret(mongodbUri === undefined ? data : undefined),
    rules: options.rules,
    profile: options.profile,
    onRulebook: tellRulebook,
    shadow: tellShadow,
  }).catch(async (thrown: unknown) => {
    if (thrown instanceof RulebookRefused)
      process.stderr.write(`${thrown.diagnostics.map(diagnosticLines).join('\n')}\n`);
    await store.close();
    throw thrown;
  });
  const keys = sealKeys(mongodbUri === undefined ? data : undefined);
  if (keys.length === 0)
    process.stderr.write(
      'CROSSCHECK_SEAL_KEY is not set: the secrets of webhooks lie in the store as they are\n',
    );
  const spool = await spoolOf(options, keys);
  const token = randomBytes(32).toString('base64url');
  const service = await openServing(
    {
      localToken: token,
      ...(authentication === undefined ? {} : { authentication }),
      store,
      desk,
      seal: openSeal(keys, 'webhooks'),
      ...(spool === undefined ? {} : { spool }),
      ...(retention === undefined ? {} : { retention }),
      ...(reachedAt === undefined ? {} : { publicUrl: reachedAt }),
      logger:
        options.quiet === true || process.stdout.isTTY
          ? false
          : { level: 'info', stream: openLogLines(process.stdout) },
    },
    options.sample,
  );

  let address: string;
  try {
    // Who finds the port open is served.
    await calm(service.app);
    address = await service.app.listen({ port, host: options.host });
  } catch (cause) {
    await service.close();
    await store.close();
    throw listenFault(cause, options.host, port);
  }
  const withdraw = mongodbUri === undefined ? announceRunning(data, { url: address, token }) : () => {};
  // The first signal finishes what was accepted; a second one does not wait.
  const stop = async () => {
    process.once('SIGINT', () => process.exit(130));
    withdraw();
    // What fails at its end, as on a disk that takes nothing any more, keeps nothing else from its own.
    const ends = [() => service.close(), () => spool?.close(), () => desk.close(), () => store.close()];
    const faults: unknown[] = [];
    for (const end of ends) {
      try {
        await end();
      } catch (thrown) {
        faults.push(thrown);
      }
    }
    setTimeout(() => process.exit(), leftMs).unref();
    if (faults.length > 0) throw faults[0];
  };
  const stopped = new Promise<void>((resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        stop().then(resolve, reject);
      });
    }
  });
  // Who is told that it listens may tell it to stop.
  process.stdout.write(
    `${greeting({
      address,
      where: mongodbUri === undefined ? data : 'MongoDB',
      ...(options.data === undefined ? {} : { data: options.data }),
      authentication,
    })}\n`,
  );
  await stopped;
}

function publicUrlOf(options: ServeOptions): string | undefined {
  if (options.publicUrl !== undefined) return publicUrl(options.publicUrl, '--public-url');
  const told = process.env.CROSSCHECK_PUBLIC_URL;
  return told === undefined || told === '' ? undefined : publicUrl(told, 'CROSSCHECK_PUBLIC_URL');
}

/** Declarations lie in it with the accounts of those who acted, so it needs a key. */
async function spoolOf(options: ServeOptions, keys: readonly Uint8Array[]): Promise<Spool | undefined> {
  const folder = options.spool ?? process.env.CROSSCHECK_SPOOL;
  if (folder === undefined || folder === '') return undefined;
  if (keys.length === 0)
    throw new CrosscheckError('CC_BAD_ARGUMENT', {
      name: '--spool',
      problem: 'it is sealed, and CROSSCHECK_SEAL_KEY is not set',
    });
  return openSpool({
    folder,
    seal: openSeal(keys, 'spool'),
    onBroken: (file, problem) => process.stderr.write(`set aside ${file}: ${toLines(problem)}\n`),
  });
}
