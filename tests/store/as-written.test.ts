/** A declaration's own text in the stored document: what is read back is what was sent, however it was spelled. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { newVersion } from '../../src/check/version.ts';
import { read } from '../../src/intake/read.ts';
import type { DeclarationRecord, ReadOptions } from '../../src/intake/record.ts';
import { asWritten, jsonOf, type Written } from '../../src/store/as-written.ts';
import { declaration } from '../service/harness.ts';

async function recordOf(text: string, options: ReadOptions = {}): Promise<DeclarationRecord> {
  for await (const record of read(Readable.from([Buffer.from(text)]), options)) {
    if (record.kind === 'declaration') return record;
    throw record.kind === 'refused' ? record.error : new Error(record.kind);
  }
  throw new Error('nothing was read');
}

const docOf = (record: DeclarationRecord) =>
  newVersion(record, record.identity.reference, 1, '2026-03-02T08:00:00.000Z', undefined);

/** The JSON of the document, once it was seen to say what the document says. */
async function stored(text: string, options?: ReadOptions): Promise<string> {
  const doc = docOf(await recordOf(text, options));
  const json = jsonOf(doc);
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(doc)));
  return json;
}

const whole: Record<string, unknown> = { format: 'json', ...declaration({ office: 'XXA1' }) };
const text = JSON.stringify(whole);

describe('the JSON of a document', () => {
  it('has a declaration as its sender wrote it', async () => {
    const spelled = text.replace(/"grossMass":(\d+)/, '"grossMass":$1.00').replace('{', '{ ');
    expect(spelled).not.toBe(text);
    expect(await stored(spelled)).toContain(`"declaration":${spelled}}`);
  });

  it('names the format where the sender left it out', async () => {
    const { format: _, ...others } = whole;
    const bare = JSON.stringify(others);
    expect(await stored(bare)).toContain(`"declaration":{"format":"json",${bare.slice(1)}}`);
  });

  it('has the first line of a batch and the second', async () => {
    for await (const record of read(Readable.from([Buffer.from(`${text}\n${text}\n`)]), {}))
      expect(record).toMatchObject({ kind: 'declaration', text });
  });

  it.each([
    ['with line ends', JSON.stringify(whole, null, 1)],
    ['with tabs', text.replace('{', '{\t')],
    ['after a byte order mark', `\ufeff${text}`],
    ['after a blank', ` ${text}`],
    ['beside its trail', JSON.stringify({ declaration: whole, trail: [] })],
  ])('has a declaration %s written anew', async (_, sent) => {
    expect(await stored(sent)).toContain(`"declaration":${text}}`);
  });

  it('has the country that the caller gave', async () => {
    const { country: _, ...others } = whole;
    expect(await stored(JSON.stringify(others), { country: 'XX' })).toContain('"country":"XX"');
  });

  it('says what a copy says, which is another declaration', async () => {
    const doc = docOf(await recordOf(text));
    expect((doc as Written)[asWritten]).toMatchObject({ text });
    const moved = { ...doc, declaration: { ...doc.declaration, office: 'XXB2' } };
    expect(JSON.parse(jsonOf(moved))).toMatchObject({ declaration: { office: 'XXB2' } });
    const second = { ...doc, version: 2 };
    expect(JSON.parse(jsonOf(second))).toEqual(JSON.parse(JSON.stringify(second)));
  });
});
