/** Rules are data: nothing in them reaches the generated code as code. And where no code may be generated, closures run. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/engine/compile.ts';
import { builtModule } from '../../src/ground/paths.ts';
import { catalogueOf, fact, rule, sheet } from './support.ts';

const hostile = [
  '"];globalThis.pwned=1;//',
  "']; globalThis.pwned = 1; //",
  '`$' + '{globalThis.pwned=1}`',
  '\\"); globalThis.pwned = 1; (\\"',
  'a\nglobalThis.pwned=1\n',
  '\u2028globalThis.pwned=1\u2029',
  '*/globalThis.pwned=1/*',
  '\ud800',
  '__proto__',
  'constructor',
  'hasOwnProperty',
];

describe('hostile text in rules', () => {
  it.each(hostile.map((text) => [JSON.stringify(text), text]))(
    '%s as name and value is a name and a value',
    (_, text) => {
      const catalogue = catalogueOf([
        fact(text, 'text'),
        fact(`item.${text}`, 'text'),
        fact('call', 'number', 'none', { k: { type: 'text', required: true, meaning: 'which' } }),
      ]);
      const rules = [
        rule(
          {
            all: [
              { fact: text, operator: 'equal', value: text, name: text },
              { fact: text, operator: 'in', value: [text, 'b', 'c', 'd', 'e', 'f'] },
              { fact: text, operator: 'someValue:startsWith', value: [text] },
              { fact: `item.${text}`, operator: 'someFact:equal', value: text },
            ],
          },
          { id: 'TST-001', message: { en: `${text.replace(/[{}]/g, '')} it holds`, [text]: 'it holds' } },
        ),
        rule({ fact: 'call', params: { k: text }, operator: 'isMissing' }, { id: 'TST-002' }),
      ];
      const facts = sheet({}, [{}]);
      // Assigning '__proto__' would set the prototype; a parsed message can have it as a name of its own.
      Object.defineProperty(facts.header, text, { value: text, enumerable: true });
      Object.defineProperty(facts.items[0], `item.${text}`, { value: text, enumerable: true });
      const { findings } = compile(rules, { catalogue }).evaluate(facts);
      expect(findings).toEqual(compile(rules, { catalogue, codegen: false }).evaluate(facts).findings);
      expect(findings.map((finding) => finding.rule)).toEqual(['TST-001', 'TST-002']);
      expect(findings[0]!.explanation).toMatchObject({
        all: [{ value: text, factValue: text, name: text }, {}, {}, {}],
      });
      expect((globalThis as { pwned?: number }).pwned).toBeUndefined();
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
    },
  );

  it('names of the prototype are not facts of a sheet that lacks them', () => {
    const catalogue = catalogueOf([fact('constructor', 'text'), fact('__proto__', 'text')]);
    const rules = ['constructor', '__proto__'].map((name, i) =>
      rule({ fact: name, operator: 'isMissing' }, { id: `TST-00${i}` }),
    );
    expect(compile(rules, { catalogue }).detect(sheet({})).hits).toHaveLength(2);
  });

  it('text in a let is text', () => {
    const catalogue = catalogueOf([fact('t', 'text')]);
    const text = '"];globalThis.pwned=1;//';
    const rules = [
      rule(
        { fact: 'a', operator: 'equal', value: `x${text}` },
        { let: { a: `t + ${JSON.stringify(text)}` } },
      ),
    ];
    expect(compile(rules, { catalogue }).detect(sheet({ t: 'x' })).hits).toHaveLength(1);
    expect((globalThis as { pwned?: number }).pwned).toBeUndefined();
  });
});

describe.skipIf(!existsSync(builtModule('engine/compile.js')))(
  'where code generation is forbidden (built by npm test)',
  () => {
    it('the engine runs closures by itself and finds the same', () => {
      const program = `
      import { compile } from ${JSON.stringify(builtModule('engine/compile.js'))};
      const catalogue = new Map([['n', { name: 'n', family: 'declared', scope: 'declaration', type: 'number', unit: 'none', meaning: {}, source: '' }]]);
      const rule = { id: 'TST-001', version: 1, kind: 'risk', class: 'risk', risk: 'revenue', scope: 'declaration', status: 'active', weight: 1,
        let: { twice: 'n * 2' }, conditions: { fact: 'twice', operator: 'greaterThan', value: 3 }, message: { en: '{twice}' } };
      const rulebook = compile([rule], { catalogue });
      const { findings, notEvaluated } = rulebook.evaluate({ header: { n: 2 }, items: [] });
      console.log(JSON.stringify([rulebook.isCompiled, findings.map((f) => f.message.en), notEvaluated]));`;
      const { stdout, stderr } = spawnSync(
        process.execPath,
        ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', program],
        { encoding: 'utf8' },
      );
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual([false, ['4'], []]);
    });
  },
);
