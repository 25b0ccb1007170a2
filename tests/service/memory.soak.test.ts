/**
 * Memory of the service over many checks: CROSSCHECK_SOAK_CHECKS of them, a million unless told otherwise. One line a
 * sample; what grows must be history in memory alone, and that by so many bytes a declaration, up to the years that
 * rules look back.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { freshBody } from '../../bench/service/load.ts';
import { openDesk } from '../../src/check/open-desk.ts';
import { openService } from '../../src/service/open.ts';
import { openDuckdb } from '../../src/store/duckdb/store.ts';
import { declaration, overweight, smallRules } from './harness.ts';

const checks = Number(process.env.CROSSCHECK_SOAK_CHECKS ?? 1_000_000);
const lines = 500;
const samples = 100;
/** What a check keeps does not depend on how much it computed: on a slow machine a light check passes more of them. */
const light = process.env.CROSSCHECK_SOAK_LIGHT === '1';
const MiB = 2 ** 20;
/** A million checks take hours on a small machine. */
const patience = 48 * 3_600_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Held {
  /** What JavaScript holds after a collection, buffers included. */
  heap: number;
  rss: number;
}

interface Run {
  /** Reference records, lists, kin, counts and history come from the store, as in a service that is served. */
  history: boolean;
  /** Years over which the declarations' dates are spread, up to this one; all of one day where absent. */
  years?: number;
}

const day = 86_400_000;
const writtenDate = '2026-03-20';

let sentLight = 0;
/** Of five items for the whole catalogue; or of one, every other one with a finding, for four rules. */
function body(date: string): string {
  if (!light) return freshBody().replaceAll(writtenDate, date);
  sentLight += 1;
  const registration = { serial: 'C', number: String(sentLight), date };
  const parties = { declarant: { id: `B${sentLight % 60}` }, consignee: { id: `M${sentLight % 500}` } };
  return JSON.stringify(
    declaration({ registration, ...parties, ...(sentLight % 2 === 0 ? overweight : {}) }),
  );
}

/** Sends that many declarations, each new, and answers what was held at every hundredth of them. */
async function heldOver(total: number, { history, years = 0 }: Run): Promise<Held[]> {
  const folder = mkdtempSync(join(tmpdir(), 'crosscheck-soak-'));
  const store = await openDuckdb(folder, { memoryLimit: '512MB', threads: 2 });
  const desk = await openDesk({ ...(history ? { store } : {}), ...(light ? { rules: smallRules } : {}) });
  const service = await openService({ store, desk, limits: { eventLoopDelayMs: 0 } });
  const url = await service.app.listen({ port: 0, host: '127.0.0.1' });
  const held: Held[] = [];
  const began = performance.now();
  const dateOf = (sent: number): Date =>
    new Date(Date.parse(writtenDate) - Math.round(years * 365 * (1 - sent / total)) * day);
  let sent = 0;
  try {
    for (let sample = 1; sample <= samples; sample += 1) {
      for (; sent < (sample * total) / samples; sent += lines) {
        const date = dateOf(sent).toISOString().slice(0, 10);
        const response = await fetch(`${url}/v1/checks/batch`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-ndjson' },
          body: Array.from({ length: lines }, () => body(date)).join('\n'),
        });
        const answers = (await response.text()).trim().split('\n');
        expect(answers.filter((answer) => answer.startsWith('{"id":"C-'))).toHaveLength(lines);
      }
      await service.settle();
      // What the service does once a day, as of the day that the declarations have come to.
      if (history) await desk.evidence?.trim(dateOf(sent));
      collect();
      const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
      held.push({ heap: heapUsed + arrayBuffers, rss });
      const seconds = Math.round((performance.now() - began) / 1000);
      console.info(
        `${sent} checks, ${seconds} s: ${((heapUsed + arrayBuffers) / MiB).toFixed(1)} MiB held (buffers ${(arrayBuffers / MiB).toFixed(1)}), rss ${Math.round(rss / MiB)} MiB`,
      );
    }
  } finally {
    await service.close();
    desk.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return held;
}

const growth = (held: readonly Held[], of: keyof Held): number =>
  held.at(-1)![of] - held[held.length / 2 - 1]![of];

describe(`memory over ${checks} checks`, () => {
  it(
    'stays flat',
    async () => {
      const held = await heldOver(checks, { history: false });
      // Filters of what is absent take about four bytes a document and table.
      expect(growth(held, 'heap')).toBeLessThan(32 * MiB + (checks / 2) * 64);
      expect(growth(held, 'rss')).toBeLessThan(256 * MiB + (checks / 2) * 64);
    },
    patience,
  );

  it(
    'stays flat with history once the years that rules look back are in memory',
    async () => {
      const held = await heldOver(checks, { history: true, years: 24 });
      // Three years and a season are held: an eighth, and between two readings as much as a sample more.
      expect(growth(held, 'heap')).toBeLessThan(32 * MiB + (checks / 2) * 64 + (checks / samples) * 2_048);
    },
    patience,
  );

  it(
    'grows with history by less than two kilobytes a declaration of five items',
    async () => {
      const held = await heldOver(checks, { history: true });
      expect(growth(held, 'heap')).toBeLessThan(32 * MiB + (checks / 2) * 2_048);
    },
    patience,
  );
});
