/** A whole, right rule as text, to be changed where a test wants it wrong. */
export const cifRule = `id: VAL-001
version: 1
title:
  en: CIF value differs from its parts
  fr: La valeur CAF diffère de ses éléments
kind: consistency
class: warning
risk: revenue
audience: examiner
jurisdiction: any
scope: declaration
status: active
applies: { flow: [import], procedure: ["4*"], from: 2026-01-01 }
weight: 30
purpose:
  en: The customs value must be the invoice value plus the costs.
  fr: La valeur en douane est la valeur facturée augmentée des frais.
source: catalogue B01
owner: valuation unit
review: 2027-06-01
let:
  parts: valuation.invoice + valuation.insurance
  gap: abs(valuation.cif - parts)
conditions:
  all:
    - { fact: gap, operator: greaterThan, value: 1 }
message:
  en: "CIF {valuation.cif} against {parts}: {gap} apart"
  fr: "CAF {valuation.cif} contre {parts} : écart de {gap}"
examples:
  - { title: freight left out, given: { "valuation.cif": 90000 }, expect: finding }
  - { title: rounding, given: { "valuation.cif": 100000.9 }, expect: none }
`;

/** The rule with one passage replaced; throws where the passage is not in it, so that no test changes nothing. */
export function changedRule(...changes: [from: string, to: string][]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the rule has no ${from}`);
    return text.replace(from, () => to);
  }, cifRule);
}
