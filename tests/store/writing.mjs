// Run as a child by kill.test.ts: writes to a store with many writers, and prints what was acknowledged. Plain JavaScript,
// because Node 20 cannot load TypeScript: it drives the built store.
// Arguments: the built open.js, the options of openStore as JSON, a number that makes this run's ids its own.
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';

const [openModule, options, run] = process.argv.slice(2);
const { openStore } = await import(openModule);
const { journaled, ...opened } = JSON.parse(options);
const store = await openStore(opened);
const spec = {
  name: 'written',
  schema: 1,
  columns: { writer: { type: 'text' }, n: { type: 'integer' }, seal: { type: 'text' } },
  indexes: [['writer', 'n']],
  ...(journaled ? { journaled } : {}),
};
const sealed = (id, writer, n) => {
  const text = createHash('sha512').update(`${id} ${n}`).digest('hex').repeat(4);
  return { id, writer, n, text, seal: createHash('sha256').update(`${id} ${n} ${text}`).digest('hex') };
};
const written = store.collection(spec);
const counters = store.collection({ ...spec, name: 'counter' });

const write = async (writer) => {
  for (let n = 1; ; n++) {
    const first = `${run}:${writer}:${n}:a`;
    const second = `${run}:${writer}:${n}:b`;
    if (n % 2 === 0) await written.put([sealed(first, writer, n), sealed(second, writer, n)]);
    else await written.putNew([sealed(first, writer, n), sealed(second, writer, n)]);
    writeSync(1, `${first}\n${second}\n`);
    // The same document over and over: a replacement may be lost no more than a new one.
    await counters.put([sealed(`${run}:${writer}`, writer, n)]);
    writeSync(1, `counter ${run}:${writer} ${n}\n`);
  }
};
writeSync(1, 'open\n');
await Promise.all(Array.from({ length: 20 }, (_, i) => write(`w${i}`)));
