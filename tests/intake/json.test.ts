import { describe, expect, it } from 'vitest';
import { CrosscheckError } from '../../src/errors.ts';
import { read as readRecords } from '../../src/intake/read.ts';
import type { IntakeRecord } from '../../src/intake/record.ts';
import { collect, inPieces } from './collect.ts';

const declaration = (mrn: string, extra: object = {}) => ({
  flow: 'import',
  mrn,
  items: [{ number: 1 }],
  ...extra,
});
const line = (mrn: string, extra?: object) => JSON.stringify(declaration(mrn, extra));

const codes = async (text: string) =>
  (await collect(text)).map((record) =>
    record.kind === 'refused'
      ? `${record.error.code} ${record.error.where.line}:${record.error.where.column ?? ''}`
      : record.kind === 'declaration'
        ? record.identity.reference
        : `answer ${record.declaration}`,
  );

describe('JSON', () => {
  it('reads one declaration over many lines', async () => {
    expect(await codes(JSON.stringify(declaration('A'), null, 2))).toEqual(['A']);
  });

  it('reads a record with its trail and outcomes', async () => {
    const trail = [{ kind: 'REGISTER', at: '2026-01-02T10:00:00+05:45' }];
    const [record] = await collect(
      JSON.stringify({ declaration: { format: 'json', ...declaration('A') }, trail }),
    );
    expect(record).toMatchObject({ kind: 'declaration', trail, outcomes: [] });
  });

  it('takes a declaration without a format for JSON, alone and in a record', async () => {
    for (const text of [line('A'), JSON.stringify({ declaration: declaration('A'), trail: [] })]) {
      const [record] = await collect(text);
      expect(record).toMatchObject({ kind: 'declaration', declaration: { format: 'json', mrn: 'A' } });
    }
  });

  it('reads what answers a declaration held elsewhere', async () => {
    const trail = [{ kind: 'PAY', at: '2026-01-02T10:00:00Z' }];
    const [record] = await collect(JSON.stringify({ reference: '26GB1', trail }));
    expect(record).toMatchObject({ kind: 'answer', declaration: '26GB1', trail });
  });

  it('loses only the bad line of an NDJSON file and tells its number', async () => {
    const text = [line('A'), '', '{"flow":', line('B'), line('C', { flow: 'sideways' }), line('D')].join(
      '\n',
    );
    expect(await codes(text)).toEqual(['A', 'CC_JSON_MALFORMED 3:9', 'B', 'CC_DECLARATION_INVALID 5:', 'D']);
  });

  it('reads the same records whatever the pieces in which the bytes come', async () => {
    const text = `[${[line('Ä"\\'), '{"flow": "import", "items": }', line('B]')].join(',\n')}]\n`;
    const expected = ['Ä"\\', 'CC_JSON_MALFORMED 2:29', 'B]'];
    expect(await codes(text)).toEqual(expected);
    for (const size of [1, 2, 3, 7, 64]) {
      const records = await collect(inPieces(Buffer.from(text), size));
      expect(records.map((record) => record.kind)).toEqual(['declaration', 'refused', 'declaration']);
    }
  });

  it('keeps whole elements of an array that was cut off and says that it was', async () => {
    expect(await codes(`[${line('A')}, ${line('B').slice(0, 20)}`)).toEqual(['A', 'CC_JSON_MALFORMED 1:']);
  });

  it('takes 9,999 items and refuses one more, with the place', async () => {
    const of = (items: number) =>
      JSON.stringify({
        flow: 'import',
        mrn: 'A',
        items: Array.from({ length: items }, (_, index) => ({ number: index + 1, hs: '85171300' })),
      });
    expect((await collect(of(9_999))).map((record) => record.kind)).toEqual(['declaration']);
    await expect(collect(of(10_000))).rejects.toMatchObject({
      code: 'CC_DECLARATION_INVALID',
      where: { pointer: '/items' },
      message: expect.stringContaining('9999'),
    });
  });

  it('loses only the line whose bytes are not UTF-8', async () => {
    const bad = Buffer.from(line('Zürich'), 'latin1');
    const records = await collect(
      Buffer.concat([Buffer.from(`${line('A')}\n`), bad, Buffer.from(`\n${line('B')}`)]),
    );
    expect(records.map((record) => record.kind)).toEqual(['declaration', 'refused', 'declaration']);
    expect(records[1]).toMatchObject({ error: { code: 'CC_ENCODING', where: { line: 2 } } });
  });

  it('reads UTF-16 and a UTF-8 byte order mark', async () => {
    for (const bytes of [
      Buffer.from(`\ufeff${line('A')}`),
      Buffer.from(`\ufeff${line('A')}`, 'utf16le'),
      Buffer.from(`\ufeff${line('A')}`, 'utf16le').swap16(),
    ]) {
      expect((await collect(bytes)).map((record) => record.kind)).toEqual(['declaration']);
    }
  });

  it('reads what stands before a character that is none in UTF-16, wherever its bytes come apart', async () => {
    const text = `\ufeff${line('A')}\n${line('😀')}\n${line('B')}\n${line('C')}\n`;
    const bytes = Buffer.from(text, 'utf16le');
    const at = 2 * text.indexOf('C');
    bytes.writeUInt16LE(0xd800, at);
    for (const whole of [bytes, Buffer.from(bytes).swap16()])
      for (const size of [3, 7, whole.length]) {
        const read: IntakeRecord[] = [];
        const reading = (async () => {
          for await (const record of readRecords(inPieces(whole, size), { format: 'ndjson' }))
            read.push(record);
        })();
        await expect(reading).rejects.toMatchObject({ code: 'CC_ENCODING', where: { line: 4 } });
        expect(read.map(({ kind }) => kind)).toEqual(['declaration', 'declaration', 'declaration']);
      }
  });

  it('says of UTF-16 without its mark what it is', async () => {
    for (const bytes of [Buffer.from(line('A'), 'utf16le'), Buffer.from(line('A'), 'utf16le').swap16()])
      await expect(collect(bytes)).rejects.toMatchObject({
        code: 'CC_ENCODING',
        message: expect.stringContaining('UTF-16 without its byte order mark'),
      });
  });

  it.each([
    [
      'a member given twice',
      '{"flow":"import","items":[],"mrn":"A","mrn":"B"}',
      "the member 'mrn' is given twice",
    ],
    [
      'a member given twice under an escape',
      '{"mrn":"A","m\\u0072n":"B"}',
      "the member 'mrn' is given twice",
    ],
    [
      'a prototype',
      '{"flow":"import","items":[],"extra":{"__proto__":{"x":1}}}',
      'the name __proto__ is refused',
    ],
    ['an escaped prototype', '{"\\u005f_proto__":{}}', 'the name __proto__ is refused'],
    ['a number too large', '{"flow":"import","items":[],"sealCount":1e999}', 'the number 1e999 is too large'],
    ['an integer that no double holds', '{"sealCount":9007199254740993}', 'too large to be held exactly'],
    ['deep nesting', `{"extra":${'['.repeat(100_000)}`, 'nested deeper than 64'],
    ['a comma too many', '{"flow":"import",}', 'a member name is expected'],
    ['a control character in a text', '{"flow":"im\tport"}', 'not closed or holds a character'],
    ['two documents', '{"flow":"import","items":[]} {"a":1}', 'there is more after its end'],
    ['half a document', '{"flow":"import","items":[{', 'it ends too early'],
    ['a word', '{"flow":imports}', 'unexpected "i"'],
  ])('refuses %s', async (_, text, problem) => {
    await expect(collect(text)).rejects.toMatchObject({
      code: 'CC_JSON_MALFORMED',
      message: expect.stringContaining(problem),
    });
  });

  it('refuses an empty input and one of no format', async () => {
    await expect(collect('  \n')).rejects.toMatchObject({ code: 'CC_FORMAT_UNKNOWN' });
    await expect(collect('a,b\n1,2\n')).rejects.toBeInstanceOf(CrosscheckError);
  });

  it('reads lines longer than the beginning by which the format is told', async () => {
    const long = (mrn: string) =>
      line(mrn, { officeName: 'x'.repeat(9_000), extra: { a: 'y'.repeat(70_000) } });
    expect(await codes(`\n${long('A')}\n${long('B')}\n`)).toEqual(['A', 'B']);
    expect(await codes(`${long('A')}\n\n`)).toEqual(['A']);
  });

  it.each([
    [
      'one that is whole',
      `{"flow":"import","items":[],"extra":{"a":"\\u0041${'x'.repeat(3_000_000)}"}}`,
      true,
    ],
    ['one of escapes', `{"flow":"import","items":[],"extra":{"a":"${'\\u0041'.repeat(500_000)}"}}`, true],
    ['one that never closes', `{"flow":"import","extra":{"a":"${'x'.repeat(3_000_000)}`, false],
    [
      'one that ends in half an escape',
      `{"flow":"import","extra":{"a":"${'\\n'.repeat(1_000_000)}\\u00"}}`,
      false,
    ],
  ])('comes to an end with a long text: %s', async (_, text, whole) => {
    if (whole) expect(await collect(text)).toHaveLength(1);
    else await expect(collect(text)).rejects.toMatchObject({ code: 'CC_JSON_MALFORMED' });
  });

  it('refuses a line over the limit and reads the others', async () => {
    const long = line('L', { officeName: 'x'.repeat(5_000) });
    const records = await collect(`${line('A')}\n${long}\n${line('B')}`, { limits: { recordBytes: 1_000 } });
    expect(records.map((record) => record.kind)).toEqual(['declaration', 'refused', 'declaration']);
  });
});

describe('a record that breaks the model', () => {
  it.each([
    ['the bare declaration', '{"flow":"import","items":[{"number":"1"}]}', '/items/0/number'],
    [
      'the declaration in it',
      '{"declaration":{"format":"json","flow":"up","items":[]}}',
      '/declaration/flow',
    ],
    ['no declaration', '{"declaration":7}', '/declaration'],
    [
      'its trail',
      '{"declaration":{"format":"json","flow":"import","items":[]},"trail":[{"kind":"NAP"}]}',
      '/trail/0',
    ],
    ['an answer', '{"reference":"A","outcomes":[{}]}', '/outcomes/0'],
  ])('in %s is told by pointer', async (_, text, pointer) => {
    await expect(collect(text)).rejects.toMatchObject({ code: 'CC_DECLARATION_INVALID', where: { pointer } });
  });
});
