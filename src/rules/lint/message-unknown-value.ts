/** RL505: a hole that nothing fills. */
import { parseMessage } from '../../engine/message.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { Lint } from './lint.ts';
import { itemHole, placeholders } from './placeholder.ts';
import { isRecord } from './tree.ts';

export const messageUnknownValue: Lint = {
  code: 'RL505',
  name: 'message-unknown-value',
  severity: 'error',
  finds: 'a message that names a value which is neither fact nor `let`',
  about: 'rules',
  *check({ raw, vocabulary, scope }) {
    if (!isRecord(raw.message)) return;
    for (const [language, text] of Object.entries(raw.message)) {
      if (typeof text !== 'string') continue;
      for (const { message, start } of parseMessage(text).problems)
        yield {
          path: ['message', language],
          character: start,
          message,
          fix: 'docs/language.md lists the formats; {{ and }} write braces.',
        };
      for (const { name, character, isChoice } of placeholders(text)) {
        if (name === itemHole && scope === 'item' && !isChoice) continue;
        const found = vocabulary.lookup(name);
        const place = { path: ['message', language], character };
        if (found === undefined)
          yield {
            ...place,
            message: `{${name}} is neither a fact nor a let of this rule`,
            fix:
              didYouMean(name, vocabulary.names()) ?? 'Name a fact (docs/facts.md) or a `let` of the rule.',
          };
        else if (found.let === undefined && found.fact?.params !== undefined)
          yield {
            ...place,
            message: `{${name}} takes parameters, which a message cannot give`,
            fix: `Give it a name first: let: { value: { fact: ${name}, params: { … } } }, then write {value}.`,
          };
        else if (isChoice && found.type !== undefined && found.type !== 'number')
          yield {
            ...place,
            message: `{${name} ? … : …} chooses a word by a number, and ${name} is none`,
            fix: 'Name a fact or `let` that counts.',
          };
        else if (found.scope === 'item' && scope === 'declaration')
          yield {
            ...place,
            message: `{${name}} is a fact of an item, and the finding is about the declaration`,
            fix: 'Use `scope: item`, or name a fact of the declaration.',
          };
      }
    }
  },
};
