/**
 * What JSON.parse and the engine's own speed allow together, in as many worker threads as the backtest has: every line is
 * parsed and nothing else, and every declaration's facts, made before the clock starts, are asked of the engine.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { compile } from '../../src/engine/compile.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { factSheet } from '../../src/facts/sheet.ts';
import type { Rule } from '../../src/rules/model.ts';

interface LimitTask {
  lines: readonly string[];
  rules: readonly Rule[];
}

/** Sheets are big, so a part of them stands for all. */
const keptSheets = 2000;

const { lines, rules } = workerData as LimitTask;
const rulebook = compile(rules, { catalogue: factCatalogue });
const sheets = lines.slice(0, keptSheets).map((line) => factSheet(JSON.parse(line).declaration));

function pass(): { milliseconds: number; seen: number } {
  let seen = 0;
  const began = performance.now();
  for (const line of lines) seen += JSON.parse(line).declaration.items.length;
  for (let i = 0; i < lines.length; i++) seen += rulebook.detect(sheets[i % sheets.length]!).hits.length;
  return { milliseconds: performance.now() - began, seen };
}

parentPort!.on('message', () => parentPort!.postMessage(pass()));
parentPort!.postMessage('ready');
