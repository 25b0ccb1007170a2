/** Walks the canonical model's schemas by path, to tell what kind of value a field holds. Pure. */
import { type TimeKind, timeKindOf } from '../declaration/dates.ts';

export interface Schema {
  type?: string;
  properties?: Readonly<Record<string, Schema>>;
  items?: Schema;
  enum?: readonly unknown[];
  pattern?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  description?: string;
}

export type Kind = 'text' | TimeKind | 'number' | 'integer' | 'boolean' | 'money' | 'texts';

export interface Step {
  name: string;
  /** Set where the path names one element of a list. */
  index?: number;
}

export interface Target {
  kind: Kind;
  schema: Schema;
  steps: Step[];
}

export function stepsOf(path: string): Step[] | undefined {
  const steps: Step[] = [];
  for (const part of path.split('.')) {
    const match = /^([A-Za-z]+)(?:\[(\d+)\])?$/.exec(part);
    if (match === null) return undefined;
    steps.push(match[2] === undefined ? { name: match[1]! } : { name: match[1]!, index: Number(match[2]) });
  }
  return steps;
}

function kindOf(schema: Schema, name: string): Kind | undefined {
  if (schema.enum !== undefined) return 'text';
  switch (schema.type) {
    case 'string':
      return timeKindOf(schema.pattern) ?? (name === 'lodgedAt' ? 'instant' : 'text');
    case 'number':
    case 'integer':
    case 'boolean':
      return schema.type;
    case 'array':
      return schema.items?.type === 'string' ? 'texts' : undefined;
    case 'object':
      return schema.properties?.amount !== undefined &&
        schema.properties.currency !== undefined &&
        Object.keys(schema.properties).length === 2
        ? 'money'
        : undefined;
    default:
      return undefined;
  }
}

/** `totals.grossMass`, `supplementaryUnits[0].code`; undefined where the model has no value there. */
export function targetAt(root: Schema, path: string): Target | undefined {
  const steps = stepsOf(path);
  if (steps === undefined) return undefined;
  // What the model has no place for is kept under its own name.
  if (steps[0]!.name === 'extra' && steps.length === 2)
    return { kind: 'text', schema: { type: 'string' }, steps };
  let schema: Schema | undefined = root;
  for (const step of steps) {
    schema = schema?.properties?.[step.name];
    if (step.index !== undefined) schema = schema?.type === 'array' ? schema.items : undefined;
  }
  const kind = schema === undefined ? undefined : kindOf(schema, steps.at(-1)!.name);
  return kind === undefined ? undefined : { kind, schema: schema!, steps };
}

/** The schema of a list's elements. */
export function elementAt(root: Schema, name: string): Schema | undefined {
  const list = root.properties?.[name];
  return list?.type === 'array' && list.items?.type === 'object' ? list.items : undefined;
}
