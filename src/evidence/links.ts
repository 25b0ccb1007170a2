/** What a declaration may share with others: the keys by which related declarations find each other. */
import type { Declaration } from '../declaration/declaration.ts';
import type { Link } from '../facts/related/definitions.ts';

export interface Key {
  by: Link;
  key: string;
}

/** Writings of one number that differ in nothing but case and spaces are one key. */
export const plain = (text: string): string =>
  text.normalize('NFKC').toUpperCase().replace(/\s+/g, ' ').trim();

/** UN/EDIFACT 1001: commercial invoice; with the N that EU code lists put before it. */
const isInvoice = (code: string | undefined): boolean => code === '380' || code === 'N380';

export function keysOf(declaration: Declaration): Key[] {
  const keys = new Map<string, Key>();
  const add = (by: Link, ...parts: (string | undefined)[]): void => {
    if (parts.some((part) => part === undefined || part.trim() === '')) return;
    const key = parts.map((part) => plain(part!)).join('|');
    keys.set(`${by}|${key}`, { by, key });
  };
  const { declarant, consignee, consignor } = declaration;
  add('localReference', declarant?.id, declaration.localReference);
  add('bill', declaration.billOfLading);
  add('address', consignee?.address);
  for (const { number } of declaration.containers ?? []) add('container', number);
  for (const { reference } of declaration.previous ?? []) add('previous', reference);
  for (const item of declaration.items) {
    const supplier = item.consignor?.id ?? consignor?.id ?? consignor?.name;
    const bill = item.billOfLading ?? declaration.billOfLading;
    const quantity = item.supplementaryUnits?.[0]?.quantity ?? item.netMass;
    add('goods', bill, item.hs, quantity === undefined ? undefined : String(quantity));
    for (const number of item.containers ?? []) add('container', number);
    for (const { reference } of item.previous ?? []) add('previous', reference);
    for (const { code, reference } of [...(item.documents ?? []), ...(declaration.documents ?? [])]) {
      if (isInvoice(code)) add('invoice', supplier, reference);
      else add('document', code, reference);
    }
  }
  return [...keys.values()];
}
