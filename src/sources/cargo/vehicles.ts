/**
 * Vehicles in bills of lading. Countries added them to AWMDS each in its own way (a `Vehicle_segment` in Barbados), so
 * they are found by what their elements are called, wherever in the bill they stand; what is not understood of one is told.
 */
import type { XmlElement } from '../../intake/xml.ts';
import { readNumber } from '../../mapping/values.ts';

export interface Vehicle {
  /** As the members of the reference kind `bill-vehicle`. */
  record: Record<string, string | number>;
  element: XmlElement;
}

export interface Vehicles {
  found: Vehicle[];
  /** Elements inside of which nothing was read, by their path from the vehicle on. */
  unread: string[];
}

type Read = (text: string) => string | number | undefined;

const asText: Read = (text) => text;
const year: Read = (text) => {
  const digits = /(?<!\d)(?:1[89]|2[01])\d\d(?!\d)/.exec(text)?.[0];
  return digits === undefined ? undefined : Number(digits);
};
const digits: Read = (text) => (/\d/.test(text) ? text.replace(/\D/g, '') : undefined);
const mass: Read = (text) => readNumber(text, '.');

/** By the name of the element in lower case; the first that fits. */
const members: readonly [member: string, name: RegExp, read: Read][] = [
  ['chassis', /chassis|(^|_)vin(_|$)|identification_n/, asText],
  ['year', /year/, year],
  ['engine', /engine_n|motor_n|^engine$/, asText],
  ['colour', /colou?r/, asText],
  ['hs', /^hs_code$|^commodity_code$|^hsc_cod$/, digits],
  ['grossMass', /^(vehicle_)?(gross_)?(mass|weight)$/, mass],
  ['model', /model/, asText],
  ['make', /make|brand|marque|manufacturer/, asText],
  ['type', /type|body/, asText],
];

export const isVehicle = ({ key, children }: XmlElement): boolean =>
  /^vehicles?(_segment|_details?|_info(rmation)?)?$/.test(key) && children.length > 0;

/** Every vehicle below an element; one may stand in a list of them. */
export function vehiclesIn(parent: XmlElement): Vehicles {
  const all: Vehicles = { found: [], unread: [] };
  for (const child of parent.children) {
    const inner = vehiclesIn(child);
    all.found.push(...inner.found);
    if (!isVehicle(child)) all.unread.push(...inner.unread);
    else if (inner.found.length > 0) {
      const others = child.children.filter((each) => !isVehicle(each));
      all.unread.push(
        ...others.filter(holdsText).map(({ name }) => `${child.name}/${name}`),
        ...inner.unread,
      );
    } else {
      const record: Vehicle['record'] = {};
      for (const [path, leaf] of leaves(child, child.name)) {
        const [member, , read] = members.find(([, name]) => name.test(leaf.key)) ?? [];
        const value = member === undefined || member in record ? undefined : read?.(leaf.text.trim());
        if (value === undefined) all.unread.push(path);
        else record[member!] = value;
      }
      all.found.push({ record, element: child });
    }
  }
  return all;
}

const holdsText = (element: XmlElement): boolean =>
  element.text.trim() !== '' || element.children.some(holdsText);

function leaves(element: XmlElement, path: string): [path: string, leaf: XmlElement][] {
  return element.children.flatMap((child) => [
    ...(child.text.trim() === '' ? [] : [[`${path}/${child.name}`, child] as [string, XmlElement]]),
    ...leaves(child, `${path}/${child.name}`),
  ]);
}
