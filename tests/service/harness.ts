/** The real service on a store of its own, driven with inject; four small rules, one for each audience and a shadow. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDesk } from '../../src/check/open-desk.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { openSeal } from '../../src/ground/seal.ts';
import type { ServiceOptions } from '../../src/service/app.ts';
import type { Authentication } from '../../src/service/auth/authenticate.ts';
import { type OpenService, openService } from '../../src/service/open.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/port.ts';

export interface Harness extends OpenService {
  store: Store;
  folder: string;
}

export const smallRules = fromRoot('tests', 'fixtures', 'rules-small');

function hardRules(folder: string, also?: string): string {
  const rules = join(folder, 'rules');
  for (const from of [smallRules, ...(also === undefined ? [] : [also])])
    cpSync(from, rules, { recursive: true });
  const file = join(rules, 'CON-903.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('class: warning', 'class: error'));
  return rules;
}

/** A loaded machine must not make a test fail: what is answered when time runs out has tests of its own. */
function patientProfile(folder: string): string {
  const file = join(folder, 'selectivity.yaml');
  const shipped = readFileSync(fromRoot('profiles', 'selectivity', 'default.yaml'), 'utf8');
  writeFileSync(file, shipped.replace(/^fallbackAfterMs: .*$/m, 'fallbackAfterMs: 60000'));
  return file;
}

export async function startService(
  options: {
    authentication?: (store: Store) => Authentication;
    bodyLimit?: number;
    webhookHosts?: ReadonlySet<string>;
    localToken?: string;
    publicUrl?: string;
    /** The conduct rule is one whose breach is hard. */
    hardBreaches?: boolean;
    /** Folder of rules beside those. */
    alsoRules?: string;
    /** Rules read what is on record beside the declaration: history, reference records. */
    onRecord?: boolean;
    /** Folder of rules in place of the small ones. */
    rules?: string;
    /** What becomes of that folder is followed. */
    followed?: boolean;
    logger?: ServiceOptions['logger'];
    /** In which the body of a message must have come. */
    bodyMs?: number;
    stopping?: ServiceOptions['stopping'];
  } = {},
): Promise<Harness> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-'));
  const store = await openDuckdb(folder);
  const { hardBreaches = false, alsoRules, rules = smallRules, onRecord = false, followed = false } = options;
  const desk = await openDesk({
    rules: hardBreaches ? hardRules(folder, alsoRules) : rules,
    profile: patientProfile(folder),
    ...(onRecord ? { store } : {}),
    ...(followed ? { onRulebook: () => {} } : {}),
  });
  const service = await openService({
    store,
    desk,
    seal: openSeal([Buffer.alloc(32, 7)], 'webhooks'),
    // For the same reason: shedding has a test of its own.
    limits: { eventLoopDelayMs: 0, ...(options.bodyMs === undefined ? {} : { bodyMs: options.bodyMs }) },
    ...(options.logger === undefined ? {} : { logger: options.logger }),
    ...(options.stopping === undefined ? {} : { stopping: options.stopping }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    ...(options.localToken === undefined ? {} : { localToken: options.localToken }),
    ...(options.webhookHosts === undefined ? {} : { webhookHosts: options.webhookHosts }),
    ...(options.bodyLimit === undefined ? {} : { bodyLimit: options.bodyLimit }),
    ...(options.authentication === undefined ? {} : { authentication: options.authentication(store) }),
  });
  return {
    ...service,
    store,
    folder,
    async close() {
      await service.close();
      desk.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let numbers = 0;

/** A declaration of its own registration, with whatever is to differ. */
export function declaration(change: Record<string, unknown> = {}): Record<string, unknown> {
  numbers += 1;
  return {
    flow: 'import',
    country: 'XX',
    office: 'XXA1',
    currency: 'XTS',
    registration: { serial: 'C', number: String(numbers), date: '2026-03-02' },
    declarant: { id: 'B1' },
    totals: { items: 1 },
    valuation: { cif: { amount: 5000, currency: 'XTS' } },
    items: [{ number: 1, hs: '85171300', grossMass: 10, netMass: 9 }],
    ...change,
  };
}

export const overweight = { items: [{ number: 1, hs: '85171300', grossMass: 10, netMass: 12 }] };

export const json = { 'content-type': 'application/json' };

/** POST of a JSON value; the answer's status and body. */
export async function post(
  harness: Harness,
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
) {
  const response = await harness.app.inject({
    method: 'POST',
    url,
    headers: { ...json, ...headers },
    payload: JSON.stringify(body),
  });
  return { status: response.statusCode, body: response.json() };
}

export async function get(harness: Harness, url: string, headers: Record<string, string> = {}) {
  const response = await harness.app.inject({ method: 'GET', url, headers });
  return { status: response.statusCode, body: response.json() };
}
