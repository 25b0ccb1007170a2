/**
 * The tax formulas of a country profile, compiled: CEL over the item, by the engine's own expressions. A formula may
 * read the amounts of other taxes as `tax.CODE`; the order in which taxes are worked out follows from that.
 */
import type { CountryProfile } from '../../declaration/country-profile.ts';
import { checkText, type Resolved } from '../../engine/expression/check.ts';
import { type Run, runnerOf } from '../../engine/expression/run.ts';
import { CrosscheckError } from '../../errors.ts';
import type { FactType } from '../../facts/model.ts';

/** What a formula may name, besides `tax.CODE`: masses in kg, money in national major units, rates fractions of one. */
export const formulaNames: Readonly<Record<string, FactType>> = {
  'item.cif': 'number',
  'item.fob': 'number',
  'item.statisticalValue': 'number',
  'item.price': 'number',
  'item.netMass': 'number',
  'item.grossMass': 'number',
  'item.packages': 'number',
  'item.quantity': 'number',
  'item.hs': 'text',
  'item.origin': 'text',
  'item.procedure': 'text',
  'item.nationalProcedure': 'text',
  'item.preference': 'text',
  'declaration.flow': 'text',
  /** Ad valorem rate of the tariff or of the line, a fraction of one; 0 where there is none. */
  rate: 'number',
  /** National units for one unit of quantity; 0 where there is none. */
  specific: 'number',
  /** The quantity in the unit of the specific rate. */
  quantity: 'number',
  base: 'number',
  /** base × rate and quantity × specific, put together as the tariff says. */
  due: 'number',
};

export interface CompiledTax {
  code: string;
  base: Run;
  amount: Run;
  /** Share of the amount that is forgiven, a fraction of one. */
  relief: Run | undefined;
  /** False where the tax is suspended. */
  payable: Run | undefined;
  /** Taxes that are worked out before. */
  after: string[];
  /** National major units an item. */
  tolerance: number;
  /** True where costs that no declaration states may raise it. */
  least: boolean;
}

export interface CompiledTaxes {
  profile: CountryProfile;
  /** In the order in which they can be worked out. */
  taxes: CompiledTax[];
}

/** Throws CC_PROFILE_INVALID with the pointer of the formula that can't be used. */
export function compileTaxes(profile: CountryProfile): CompiledTaxes {
  const file = `${profile.id}.yaml`;
  const codes = Object.keys(profile.taxes ?? {});
  const refuse = (pointer: string, problem: string): never => {
    throw new CrosscheckError('CC_PROFILE_INVALID', { file, pointer, problem }, { file, pointer });
  };
  const compiled = codes.map((code): CompiledTax => {
    const formula = profile.taxes![code]!;
    const after = new Set<string>();
    const expression = (member: string, text: string, type: FactType): Run => {
      const pointer = `/taxes/${code}/${member}`;
      const checked = checkText(text, (name): Resolved => {
        const other = /^tax\.(\w+)$/.exec(name)?.[1];
        if (other !== undefined && codes.includes(other)) after.add(other);
        const kind = other !== undefined && codes.includes(other) ? 'number' : formulaNames[name];
        if (kind === undefined) return { problem: `formulas have no ${name}`, kind: 'unknown fact' };
        return {
          id: name,
          name,
          type: kind,
          unit: 'none',
          level: 'item',
          source: 'fact',
          fact: name,
          form: 'single',
        };
      });
      const [problem] = checked.problems;
      if (problem !== undefined) return refuse(pointer, problem.message);
      if (checked.type !== type) return refuse(pointer, `it is ${checked.type} and must be ${type}`);
      return runnerOf(checked.expression!);
    };
    return {
      code,
      base: expression('base', formula.base, 'number'),
      amount: expression('amount', formula.amount ?? 'due', 'number'),
      relief: formula.relief === undefined ? undefined : expression('relief', formula.relief, 'number'),
      payable: formula.payable === undefined ? undefined : expression('payable', formula.payable, 'boolean'),
      after: [...after],
      tolerance: formula.tolerance ?? 0,
      least: formula.least ?? false,
    };
  });
  const taxes: CompiledTax[] = [];
  while (taxes.length < compiled.length) {
    const next = compiled.find(
      (tax) => !taxes.includes(tax) && tax.after.every((code) => taxes.some((done) => done.code === code)),
    );
    if (next === undefined) {
      const stuck = compiled.find((tax) => !taxes.includes(tax))!;
      return refuse(
        `/taxes/${stuck.code}`,
        `${stuck.code} waits for itself by way of ${stuck.after.join(', ')}`,
      );
    }
    taxes.push(next);
  }
  return { profile, taxes };
}
