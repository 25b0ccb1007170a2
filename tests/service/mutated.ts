/** Sends mutated requests to every route of a service and says what went wrong. */
import { errorTable } from '../../src/errors.ts';
import { openKeys } from '../../src/service/auth/keys.ts';
import { permissions } from '../../src/service/auth/permissions.ts';
import { dice, mutatedRequest } from './fuzz.ts';
import { declaration, get, type Harness, post, startService } from './harness.ts';
import { exampleRequest, furnish } from './requests.ts';

export interface Campaign {
  sent: number;
  /** Answers by status. */
  statuses: Record<string, number>;
  /** Requests that were answered as none should be, with what was sent. */
  faults: string[];
}

/** What an answer must not hold: stacks, paths, languages of stores, names of drivers. */
const inside =
  /\bat [\w.<>]+ \(|node_modules|\.(?:ts|js):\d+|\/(?:home|work|usr|tmp|etc)\/|\b(?:SELECT|INSERT|UPDATE) .*\b(?:FROM|INTO|SET)\b|duckdb\.|Mongo\w*Error|\bBinder Error|\bParser Error|TypeError|RangeError|SyntaxError/;

/** Routes that take long or that nothing can be changed about are met less often. */
const rare = new Set([
  'POST /v1/rebuild',
  'POST /v1/backup',
  'GET /v1/live',
  'GET /v1/indicators',
  'GET /metrics',
  'GET /openapi.json',
]);
/** Seconds in which this process ran: one that was held up from outside, as on a machine that is shared, has not waited. */
const patienceTicks = 20;

/** Calls `act` after so many seconds of running; answers how not to. */
function afterTicks(ticks: number, act: () => void): () => void {
  let left = ticks;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    act();
  }, 1_000);
  return () => clearInterval(timer);
}

async function campaign(
  harness: Harness,
  headers: Record<string, string>,
  { seed, count, webhook }: { seed: number; count: number; webhook: string },
): Promise<Campaign> {
  const roll = dice(seed);
  const routes = Object.keys(permissions);
  let world = await furnish(harness, { by: headers, webhook });
  const found: Campaign = { sent: 0, statuses: {}, faults: [] };

  async function one(route: string): Promise<void> {
    const example = hiddenRoutes[route] ?? exampleRequest(route, harness, world);
    const request = mutatedRequest(example, headers, roll);
    // Whatever the body says, a backup lies beside the store of this test.
    if (route === 'POST /v1/backup' && !/^\s*\{/.test(String(request.payload ?? ''))) request.payload = '[]';
    else if (route === 'POST /v1/backup')
      request.payload = JSON.stringify({
        folder: roll.pick(['', `${harness.folder}/b`, `${harness.folder}/b\u0000`, 5, null]),
      });
    if (route === 'POST /v1/extracts/:id')
      request.payload = String(request.payload ?? '').replace(/"folder"/g, '"folders"');
    const stop = new AbortController();
    // A stream goes on until it is left.
    const left = route === 'GET /v1/live' ? setTimeout(() => stop.abort(), 30) : undefined;
    const forgive = afterTicks(patienceTicks, () => stop.abort());
    const told = `${request.method} ${String(request.url).slice(0, 300)} ${JSON.stringify(request.headers).slice(0, 300)} ${String(request.payload ?? '').slice(0, 600)}`;
    try {
      const answer = await harness.app.inject({ ...request, signal: stop.signal });
      const status = answer.statusCode;
      found.statuses[status] = (found.statuses[status] ?? 0) + 1;
      // The folder of a backup is the caller's own word.
      const body = route === 'POST /v1/backup' ? answer.body.replaceAll(harness.folder, '') : answer.body;
      const fault = faultOf(status, body, String(answer.headers['content-type'] ?? ''), route);
      if (fault !== undefined) found.faults.push(`${fault}\n  ${told}\n  ${answer.body.slice(0, 500)}`);
    } catch (thrown) {
      if (!stop.signal.aborted) found.faults.push(`threw ${thrown}\n  ${told}`);
      else if (route !== 'GET /v1/live') found.faults.push(`hung\n  ${told}`);
    } finally {
      clearTimeout(left);
      forgive();
    }
    found.sent += 1;
  }

  while (found.sent < count) {
    // What was taken away is put back from time to time.
    if (found.sent % 500 === 0 && found.sent > 0) world = await furnish(harness, { by: headers, webhook });
    const batch = Array.from({ length: 10 }, () => roll.pick(routes)).filter(
      (route) => !rare.has(route) || roll.below(8) === 0,
    );
    await Promise.all(batch.map(one));
  }

  // Whatever came, the service works.
  const alive = await post(harness, '/v1/checks', declaration(), headers);
  if (alive.status !== 200)
    found.faults.push(`a check is answered ${alive.status}: ${JSON.stringify(alive.body)}`);
  const ready = await get(harness, '/health/ready');
  if (ready.status !== 200) found.faults.push(`ready is answered ${ready.status}`);
  return found;
}

const hiddenRoutes: Readonly<Record<string, Parameters<typeof mutatedRequest>[0]>> = {
  'GET /metrics': { method: 'GET', path: '/metrics', params: {}, query: {} },
  'GET /openapi.json': { method: 'GET', path: '/openapi.json', params: {}, query: {} },
};

function faultOf(status: number, body: string, type: string, route: string): string | undefined {
  if (status < 400) return undefined;
  // Node's own answers to what is no HTTP.
  let problem: { code?: string; status?: number };
  try {
    problem = JSON.parse(body);
  } catch {
    return `${route} answered ${status} without a problem document`;
  }
  if (!type.startsWith('application/problem+json')) return `${route} answered ${status} as ${type}`;
  const known = Object.hasOwn(errorTable, problem.code ?? '');
  if (!known || problem.status !== status) return `${route} answered ${status} with ${problem.code}`;
  if (status >= 500 && status !== 503) return `${route} answered ${status}`;
  const leak = inside.exec(body.replace(/"pointer":"[^"]*"/g, ''));
  if (leak !== null) return `${route} tells of the inside: ${leak[0]}`;
  return undefined;
}

/** A campaign on a service of its own; what is expected of it stands in the tests. */
export async function ownCampaign(count: number, seed: number): Promise<Campaign> {
  const webhook = 'http://127.0.0.1:9/';
  const harness = await startService({
    hardBreaches: true,
    authentication: (store) => ({ keys: openKeys(store) }),
    localToken: 'token-of-this-test',
    webhookHosts: new Set(['127.0.0.1:9']),
  });
  try {
    const headers = { authorization: 'Bearer token-of-this-test' };
    return await campaign(harness, headers, { seed, count, webhook });
  } finally {
    await harness.close();
  }
}
