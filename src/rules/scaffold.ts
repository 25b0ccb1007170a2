/** The text of a new rule: right as it stands, with a word beside each line on what may be written there. */

export interface ScaffoldOptions {
  id: string;
  scope: 'declaration' | 'item';
  owner: string;
  /** `YYYY-MM-DD`. */
  review: string;
  /** Path of schemas/rule.json from the file, by which editors complete and check while typing. */
  schema: string;
}

const onDeclaration = `let:                             # computed facts, in CEL; each must be used
  parts: valuation.invoice + valuation.externalFreight + valuation.insurance
  gap: abs(valuation.cif - parts)
conditions:                      # all, any and not, nested as needed; operators are in docs/language.md
  all:
    - { fact: gap, operator: greaterThan, value: 100 }
message:                         # what was found, values in braces, the same in every language
  en: "CIF {valuation.cif} against {parts} from its parts: {gap} apart"
  fr: "CAF {valuation.cif} contre {parts} par ses éléments : écart de {gap}"
examples:                        # changes to a clean declaration (rules/base); one for each side of the limit
  - { title: freight left out of the value, given: { valuation.cif: 9100 }, expect: finding }
  - { title: just within the limit, given: { valuation.cif: 10100 }, expect: none }
  - { title: no value declared, given: { valuation.cif: null }, expect: not evaluated }
`;

const onItem = `let:                             # computed facts, in CEL; each must be used
  packing: item.grossMass - item.netMass
conditions:                      # evaluated once for each item: all conditions speak of the same one
  all:
    - { fact: packing, operator: lessThan, value: 0 }
message:                         # what was found, values in braces, the same in every language
  en: "Item {item.number}: net mass {item.netMass} above gross mass {item.grossMass} by {packing}"
  fr: "Article {item.number} : masse nette {item.netMass} supérieure à la masse brute {item.grossMass} de {packing}"
examples:                        # changes to a clean declaration (rules/base); one for each side of the limit
  - { title: the second item weighs less than its goods, given: { items: [{}, { item.netMass: 230 }] }, expect: finding, item: 2 }
  - { title: no packing at all, given: { items: [{ item.grossMass: 100, item.netMass: 100 }] }, expect: none }
  - { title: no net mass on the first item, given: { item.netMass: null }, expect: not evaluated, item: 1 }
`;

export const scaffold = ({
  id,
  scope,
  owner,
  review,
  schema,
}: ScaffoldOptions): string => `# yaml-language-server: $schema=${schema}
id: ${id}
version: 1                       # one more at every change of meaning
title:
  en: Say in one line what is wrong
  fr: Dire en une ligne ce qui ne va pas
kind: consistency                # consistency | conduct | risk | system
class: warning                   # error: must not occur | warning: to be explained | risk: a weight, never alone
risk: revenue                    # revenue | security | health | environment | prohibition | ipr | integrity
jurisdiction: any                # or a country profile; class error then needs a legalBasis
scope: ${scope.padEnd(25)} # declaration | item
status: draft                    # draft | shadow | active | retired
applies: { flow: [import] }      # other declarations never reach the rule: flow, procedure, office, hs, from, to
weight: 10                       # points towards the selectivity score
purpose:                         # what the officer reads; nothing confidential
  en: Say what must hold, and why.
  fr: Dire ce qui doit être, et pourquoi.
source: where this check comes from
owner: ${owner}
review: ${review}               # the day by which the owner looks at it again
${scope === 'item' ? onItem : onDeclaration}`;
