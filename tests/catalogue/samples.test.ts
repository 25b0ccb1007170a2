/**
 * The rules on real messages: a finding of class error is a word against a person, so each one is listed with the reading
 * that proves it in docs/samples-findings.md, and there is no other.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countryIds, countryProfile } from '../../src/declaration/country-profile.ts';
import { compile } from '../../src/engine/compile.ts';
import { listBook, shippedLists } from '../../src/evidence/lists/shipped.ts';
import { procedureOf, readProcedures } from '../../src/evidence/procedures.ts';
import { factCatalogue } from '../../src/facts/catalogue.ts';
import { resolveCalls } from '../../src/facts/resolve.ts';
import { factContext, factSheet } from '../../src/facts/sheet.ts';
import { fromRoot } from '../../src/ground/paths.ts';
import { read } from '../../src/intake/read.ts';
import { samples } from '../samples.ts';
import { catalogueRules, sharedConditions } from './rulebook.ts';

const compiled = compile(catalogueRules, { catalogue: factCatalogue, shared: sharedConditions });
const lists = listBook(shippedLists());
const sources = { lists: () => lists, procedure: procedureOf(readProcedures()) };

interface Found {
  file: string;
  rule: string;
  class: string;
  item?: number;
  message: string;
}

async function findingsOf(folder: string): Promise<{ found: Found[]; declarations: number }> {
  const found: Found[] = [];
  let declarations = 0;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.xml'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    try {
      for await (const record of read(readFileSync(file), { file })) {
        if (record.kind !== 'declaration') continue;
        declarations++;
        const { declaration } = record;
        const country = countryIds().includes(declaration.country ?? '') ? declaration.country! : 'ZZ';
        const sheet = factSheet(declaration, factContext(countryProfile(country).parameters));
        const recordedAt = '2026-11-21T00:00:00.000Z';
        const subject = {
          reference: file,
          version: 1,
          declaration,
          trail: [],
          outcomes: [],
          recordedAt,
          sheet,
        };
        await resolveCalls([subject], compiled.calls, sources);
        for (const { rule, class: severity, item, message } of compiled.evaluate(sheet).findings)
          found.push({ file: relative(folder, file), rule, class: severity, item, message: message.en! });
      }
    } catch {
      // Refused as a whole: tests/intake says of which files and why.
    }
  }
  return { found, declarations };
}

/** Rows of the table in the document: file, rule and item. */
const listed = (text: string): string[] =>
  [...text.matchAll(/^\| `([^`]+)` \| ([A-Z]+-\d+[A-Z]?) \| (\d*) ?\|/gm)].map(([, file, rule, item]) =>
    [file, rule, item].filter(Boolean).join(' '),
  );

describe.skipIf(samples === undefined)('real messages', () => {
  it('give the findings of class error that docs/samples-findings.md proves, and no other', async () => {
    const { found, declarations } = await findingsOf(samples!);
    expect(declarations).toBeGreaterThan(150);
    const errors = found
      .filter((one) => one.class === 'error')
      .map(({ file, rule, item }) => [file, rule, item].filter(Boolean).join(' '));
    const document = readFileSync(fromRoot('docs', 'samples-findings.md'), 'utf8');
    expect(errors.sort()).toEqual(listed(document).sort());
  });
});
