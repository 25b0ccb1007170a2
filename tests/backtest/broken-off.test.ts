/** A backtest over files with their history, broken off by hand: a real process, and the folder in which it laid them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { fromRoot } from '../../src/ground/paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'crosscheck-broken-off-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s leaves no declaration behind',
  async (signal, code) => {
    const passing = join(folder, signal);
    mkdirSync(passing);
    const base = JSON.parse(readFileSync(fromRoot('rules', 'base', 'import.json'), 'utf8'));
    const lines = Array.from({ length: 3_000 }, (_, i) =>
      JSON.stringify({ ...base, registration: { serial: 'C', number: String(i + 1), date: '2026-03-02' } }),
    );
    const history = join(folder, 'history.ndjson');
    writeFileSync(history, lines.join('\n'));
    const argv = ['rules', 'backtest', '--history', '--rule', 'PTY-008', history];
    const child = spawn(process.execPath, [fromRoot('bin', 'crosscheck.js'), ...argv], {
      env: { ...process.env, TMPDIR: passing },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    while (!readdirSync(passing).some((name) => name.startsWith('crosscheck-history-'))) await pause(20);
    await pause(300);
    child.kill(signal);
    expect(await ended).toEqual([code, null]);
    expect(readdirSync(passing).filter((name) => name.startsWith('crosscheck-history-'))).toEqual([]);
  },
  120_000,
);
