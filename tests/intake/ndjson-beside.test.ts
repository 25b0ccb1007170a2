/** Lines that another thread has looked at come to the same records as lines that were read here. */
import { describe, expect, it } from 'vitest';
import identitiesOf from '../../src/intake/beside-worker.ts';
import { read } from '../../src/intake/read.ts';
import type { Identities, IntakeRecord, ReadOptions } from '../../src/intake/record.ts';
import { inPieces } from './collect.ts';

const declaration = (mrn: string, extra: object = {}) => ({
  flow: 'import',
  mrn,
  items: [{ number: 1 }],
  ...extra,
});
const line = (mrn: string, extra?: object) => JSON.stringify(declaration(mrn, extra));
const outcome = { at: '2026-01-02', finding: 'none' };
const event = { kind: 'REGISTER', at: '2026-01-02T10:00:00+05:45', user: 'U1' };

const lines: Record<string, string> = {
  'a declaration': line('A'),
  'a declaration with a format': line('B', { format: 'json' }),
  'a declaration with its country': line('C', { country: 'TZ' }),
  'a declaration with spaces around it': `  ${line('D')} \r`,
  'a declaration in letters of other scripts': line('E', { consignee: { name: 'Zażółć 株式会社 🚢' } }),
  'a record with a trail': JSON.stringify({ declaration: declaration('F'), trail: [event] }),
  'a record with an unknown member': JSON.stringify({ declaration: declaration('G'), trial: [] }),
  'an answer': JSON.stringify({ reference: 'H', outcomes: [outcome] }),
  'a blank line': '   ',
  'no JSON': '{"flow":',
  'another value': '[1, 2]',
  'a member given twice': line('I').replace('"flow"', '"flow":"export","flow"'),
  'a number that is not exact': line('J', { extra: { big: 1 } }).replace(
    '"big":1',
    '"big":12345678901234567890',
  ),
  'an escape of no character': line('K').replace('"K"', '"K\\u0000"'),
  'a declaration that is none': line('L', { items: 'none' }),
  'a record whose declaration is none': JSON.stringify({
    declaration: declaration('M', { flow: 'sideways' }),
  }),
  'a line that is too long': line('N', { extra: { filler: 'x'.repeat(3000) } }),
  'too many levels': line('O', { extra: { deep: JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`) } }),
};
const bytes = Buffer.concat([
  Buffer.from(Object.values(lines).join('\n')),
  Buffer.from('\n{"mrn":"\xff"}\n', 'latin1'),
  Buffer.from(line('last')),
]);

const told = (record: IntakeRecord) =>
  record.kind === 'refused'
    ? { ...record, error: { ...record.error, message: record.error.message } }
    : record;

async function records(options: ReadOptions, size = bytes.length): Promise<unknown[]> {
  const all: unknown[] = [];
  const limits = { recordBytes: 3000 };
  for await (const record of read(inPieces(bytes, size), { format: 'ndjson', limits, ...options }))
    all.push(told(record));
  return all;
}

const here: Identities = async (reading) => identitiesOf(reading);

describe('NDJSON that is read beside', () => {
  it.each([bytes.length, 2000, 300, 7])('comes to the same records in pieces of %i bytes', async (size) => {
    const alone = await records({}, size);
    expect(alone).toHaveLength(Object.keys(lines).length + 1);
    expect(await records({ identities: here }, size)).toEqual(alone);
  });

  it.each(['TZ', 'nowhere'])('comes to the same records under the country %s', async (country) => {
    expect(await records({ identities: here, country })).toEqual(await records({ country }));
  });

  it('is read here where nothing is answered', async () => {
    expect(await records({ identities: async () => [] })).toEqual(await records({}));
  });

  it('is believed: what was looked at is not looked at again', async () => {
    const identity = { reference: 'told', provisional: false, content: 'c', aliases: [] };
    const all = await records({
      identities: async ({ texts }) => texts.map((_, place) => (place === 0 ? identity : undefined)),
    });
    expect(all[0]).toMatchObject({ kind: 'declaration', identity: { reference: 'told' } });
  });

  it('asks nobody about a line that comes by itself', async () => {
    let asked = 0;
    const identities: Identities = async ({ texts }) => {
      asked += 1;
      return texts.map(() => undefined);
    };
    const oneByOne = async function* () {
      for (const text of Object.values(lines)) yield Buffer.from(`${text}\n`);
    };
    for await (const _ of read(oneByOne(), { format: 'ndjson', identities }));
    expect(asked).toBe(0);
    await records({ identities });
    expect(asked).toBe(1);
  });

  it('keeps what came before a source that fails, and then fails as it does', async () => {
    const cut = async function* () {
      yield Buffer.from(`${['A', 'B', 'C', 'D', 'E'].map((mrn) => line(mrn)).join('\n')}\n`);
      throw new Error('the sender went away');
    };
    const seen: IntakeRecord[] = [];
    const reading = async () => {
      for await (const record of read(cut(), { format: 'ndjson', identities: here })) seen.push(record);
    };
    await expect(reading()).rejects.toThrow('the sender went away');
    expect(seen).toHaveLength(5);
  });

  it('lets a reader go who wants no more, and asks for a few pieces beyond what he took', async () => {
    let given = 0;
    let ended = false;
    const endless = async function* () {
      try {
        for (;;) {
          given += 1;
          yield Buffer.from(`${[1, 2, 3, 4].map((n) => line(`${given}.${n}`)).join('\n')}\n`);
        }
      } finally {
        ended = true;
      }
    };
    let taken = 0;
    for await (const _ of read(endless(), { format: 'ndjson', identities: here })) {
      taken += 1;
      if (taken === 100) break;
    }
    expect(given).toBeLessThan(100 / 4 + 12);
    await expect.poll(() => ended).toBe(true);
  });
});
