/**
 * The one way XML comes in: saxes behind an adapter that builds a tree once the document has ended well. Document types
 * are refused, entities never expanded, size, depth, number of elements and length of texts limited; whatever is wrong
 * is told with line and column. No name from a message ever becomes a property: children are lists, attributes a Map.
 *
 * `<null/>`, which ASYCUDA writes for nothing, leaves no trace: its parent is empty.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { CrosscheckError } from '../errors.ts';
import type { Limits } from './limits.ts';

export interface XmlElement {
  /** Local name, as written. */
  name: string;
  /** The name in lower case: ASYCUDA's versions disagree on capitals. */
  key: string;
  uri: string;
  attributes: ReadonlyMap<string, string>;
  children: readonly XmlElement[];
  /** Its own character data, without what is inside children; comments are no part of it. */
  text: string;
  line: number;
  column: number;
  /** Set by the mappers for what went into the model; what is left over goes under `extra`. */
  taken: boolean;
}

/** Attributes that speak to XML tools and not of the content: namespaces, schema locations. */
const technical = new Set(['http://www.w3.org/2000/xmlns/', 'http://www.w3.org/2001/XMLSchema-instance']);
const noChildren: readonly XmlElement[] = [];
const noAttributes: ReadonlyMap<string, string> = new Map();

const attributesOf = (tag: SaxesTagNS): ReadonlyMap<string, string> => {
  let found: Map<string, string> | undefined;
  for (const name in tag.attributes) {
    const attribute = tag.attributes[name]!;
    if (technical.has(attribute.uri)) continue;
    found ??= new Map();
    found.set(attribute.local, attribute.value);
  }
  return found ?? noAttributes;
};

function isBlank(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 32) return false;
  return true;
}

/** Parses a whole document; nothing of it is seen by anyone before its end was reached. Throws CC_XML_*, CC_INPUT_TOO_LARGE. */
export async function parseXml(chunks: AsyncIterable<string>, limits: Limits): Promise<XmlElement> {
  const parser = new SaxesParser({ xmlns: true });
  const keys = new Map<string, string>();
  /** Elements that are open, with the children that they have so far. */
  const open: { element: XmlElement; children: XmlElement[] | undefined }[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  let size = 0;

  const place = () => ({ line: parser.line, column: Math.max(1, parser.column) });
  const tooLarge = (what: string, limit: number, unit: string): never => {
    throw new CrosscheckError('CC_INPUT_TOO_LARGE', { what, limit: `${limit} ${unit}` }, place());
  };
  const keyOf = (name: string): string => {
    const known = keys.get(name);
    if (known !== undefined) return known;
    const key = name.toLowerCase();
    keys.set(name, key);
    return key;
  };
  const addText = (text: string): void => {
    const element = open.at(-1)?.element;
    // White space between elements is no text of theirs, and most of it stands there.
    if (element === undefined || (element.text === '' && isBlank(text))) return;
    element.text = element.text === '' ? text : element.text + text;
    if (element.text.length > limits.textLength) tooLarge('a text', limits.textLength, 'characters');
  };

  parser.on('doctype', () => {
    throw new CrosscheckError('CC_XML_FORBIDDEN', { what: 'a document type' }, place());
  });
  parser.on('error', (error) => {
    const problem = error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    throw new CrosscheckError('CC_XML_MALFORMED', { problem }, place());
  });
  parser.on('opentag', (tag) => {
    elements += 1;
    if (elements > limits.elements) tooLarge('the document', limits.elements, 'elements');
    if (open.length >= limits.depth) tooLarge('the nesting', limits.depth, 'levels');
    const element: XmlElement = {
      name: tag.local,
      key: keyOf(tag.local),
      uri: tag.uri,
      attributes: attributesOf(tag),
      children: noChildren,
      text: '',
      line: parser.line,
      column: Math.max(1, parser.column),
      taken: false,
    };
    open.push({ element, children: undefined });
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const { element, children } = open.pop()!;
    if (children !== undefined) element.children = children;
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else if (element.key !== 'null' || element.text.trim() !== '') {
      if (parent.children === undefined) parent.children = [element];
      else parent.children.push(element);
    }
  });

  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limits.documentBytes) tooLarge('the document', limits.documentBytes, 'bytes');
    parser.write(chunk);
  }
  parser.close();
  return root!;
}

/** The first child by its name in lower case. */
export function child(element: XmlElement | undefined, key: string): XmlElement | undefined {
  if (element === undefined) return undefined;
  for (const candidate of element.children) if (candidate.key === key) return candidate;
  return undefined;
}

export const children = (element: XmlElement | undefined, key: string): XmlElement[] =>
  element?.children.filter((candidate) => candidate.key === key) ?? [];

/** Paths are written in the code, so there are few of them. */
const steps = new Map<string, readonly string[]>();

/** Down a path written `a/b/c`, in lower case, the first child at each step. */
export function at(element: XmlElement | undefined, path: string): XmlElement | undefined {
  let parts = steps.get(path);
  if (parts === undefined) {
    parts = path.split('/');
    steps.set(path, parts);
  }
  let place = element;
  for (const key of parts) place = child(place, key);
  return place;
}

/**
 * What no mapper took: texts and attributes by their path below `element`, repeated ones as a list. Undefined where
 * nothing is left. Marks them taken, so that an element already harvested for a part is not told twice.
 */
export function harvest(element: XmlElement): Record<string, unknown> | undefined {
  let left: Map<string, string | string[]> | undefined;
  const names: string[] = [];
  const add = (suffix: string, value: string): void => {
    const where = names.join('/') + suffix || element.name;
    // The one name that JSON readers refuse; an element may well be called so.
    const path = where === '__proto__' ? './__proto__' : where;
    left ??= new Map();
    const before = left.get(path);
    if (before === undefined) left.set(path, value);
    else if (Array.isArray(before)) before.push(value);
    else left.set(path, [before, value]);
  };
  const walk = (place: XmlElement): void => {
    if (!place.taken) {
      place.taken = true;
      const text = place.text.trim();
      if (text !== '') add('', text);
      for (const [name, value] of place.attributes)
        if (value.trim() !== '') add(`${names.length === 0 ? '' : '/'}@${name}`, value);
    }
    for (const inner of place.children) {
      names.push(inner.name);
      walk(inner);
      names.pop();
    }
  };
  walk(element);
  return left === undefined ? undefined : Object.fromEntries(left);
}
