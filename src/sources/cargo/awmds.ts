/**
 * Manifests as ASYCUDA World exchanges them: AWMDS, its degroupage AWBOLDS and its coloader message AWMCDS, to
 * reference records. Element names after UNCTAD's message descriptions; capitals differ by version, so they are not
 * looked at. A bill that lacks its reference is left out with its line, the others are kept.
 */
import { CrosscheckError } from '../../errors.ts';
import { decodeText, type Input, openInput } from '../../intake/input.ts';
import { defaultLimits, type Limits } from '../../intake/limits.ts';
import { at, child, children, parseXml, type XmlElement } from '../../intake/xml.ts';
import { clockReader, readNumber } from '../../mapping/values.ts';
import { checkReference, type ReferenceInput } from '../reference/store.ts';
import { isVehicle, vehiclesIn } from './vehicles.ts';

export interface CargoMessage {
  records: ReferenceInput[];
  refused: CrosscheckError[];
  /** Segments of bills for which the model has no field, with how often each was met. */
  unmapped: Unmapped[];
}

export interface Unmapped {
  segment: string;
  count: number;
}

type Record_ = ReferenceInput['record'];

const clock = clockReader([
  '%Y-%m-%d',
  '%Y-%m-%dT%H:%M:%S',
  '%Y-%m-%d %H:%M:%S',
  '%Y-%m-%dT%H:%M:%S%z',
  '%d/%m/%Y',
  '%Y%m%d',
]);

const text = (element: XmlElement | undefined, path: string): string | undefined => {
  const found = at(element, path)?.text.trim();
  return found === undefined || found === '' ? undefined : found;
};
const number = (element: XmlElement | undefined, path: string): number | undefined => {
  const found = text(element, path);
  return found === undefined ? undefined : readNumber(found, '.');
};
const dayOf = (element: XmlElement | undefined, path: string): string | undefined => {
  const found = text(element, path);
  return found === undefined ? undefined : clock(found)?.day;
};
const listOf = (...values: (string | undefined)[]): string[] | undefined => {
  const list = values.flatMap((value) => value?.split(/[,;\s]+/) ?? []).filter((value) => value !== '');
  return list.length === 0 ? undefined : list;
};
/** Only what is there. */
const filled = (record: Record_): Record_ =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

/** Throws CC_CARGO_UNKNOWN, CC_XML_… and CC_INPUT_TOO_LARGE where the message is unusable as a whole. */
export async function readCargo(input: Input, limits: Limits = defaultLimits): Promise<CargoMessage> {
  const opened = await openInput(input);
  const root = await parseXml(decodeText(opened.bytes, opened.encoding), limits);
  const read = roots[root.key];
  if (read === undefined) throw new CrosscheckError('CC_CARGO_UNKNOWN', { root: root.name });
  const message: CargoMessage = { records: [], refused: [], unmapped: [] };
  const take = (kind: string, record: Record_, place: XmlElement) => {
    const input_ = { kind, record: filled(record) };
    try {
      checkReference(input_);
      message.records.push(input_);
    } catch (thrown) {
      if (!(thrown instanceof CrosscheckError)) throw thrown;
      message.refused.push(thrown.at({ line: place.line, column: place.column }));
    }
  };
  read(root, take);
  message.unmapped = unmappedOf(children(root, 'bol_segment'));
  return message;
}

const readSegments = new Set([
  ...['bol_id', 'traders_segment', 'load_unload_place', 'goods_segment', 'location', 'ctn_segment'],
]);

/** Countries add segments of their own to bills: what is not read of them is told, not dropped in silence. */
function unmappedOf(bills: readonly XmlElement[]): Unmapped[] {
  const counts = new Map<string, number>();
  const count = (segment: string) => counts.set(segment, (counts.get(segment) ?? 0) + 1);
  for (const bill of bills) {
    vehiclesIn(bill).unread.forEach(count);
    for (const segment of bill.children)
      if (!readSegments.has(segment.key) && !isVehicle(segment) && holdsOther(segment)) count(segment.name);
  }
  return [...counts].map(([segment, count]) => ({ segment, count }));
}

type Take = (kind: string, record: Record_, place: XmlElement) => void;

const roots: Record<string, (root: XmlElement, take: Take) => void> = {
  awmds(root, take) {
    const general = child(root, 'general_segment');
    const id = child(general, 'general_segment_id');
    const transport = child(general, 'transport_information');
    const voyage = voyageOf(id);
    const arrived = dayOf(id, 'date_of_arrival');
    const time = text(id, 'time_of_arrival');
    take(
      'manifest',
      {
        ...voyage,
        from: voyage.departure,
        registration: text(id, 'registration_number') ?? text(general, 'registration/number'),
        arrival: arrived === undefined ? undefined : time === undefined ? arrived : `${arrived} ${time}`,
        carrier: text(transport, 'carrier/carrier_code') ?? text(transport, 'carrier/carrier_name'),
        agent:
          text(transport, 'shipping_agent/shipping_agent_code') ??
          text(transport, 'shipping_agent/shipping_agent_name'),
        vessel: text(transport, 'identity_of_transporter'),
        nationality: text(transport, 'nationality_of_transporter_code'),
        mode: text(transport, 'mode_of_transport_code'),
        loadingPlace: text(general, 'load_unload_place/place_of_departure_code'),
        unloadingPlace: text(general, 'load_unload_place/place_of_destination_code'),
        bills: number(general, 'totals_segment/total_number_of_bols'),
        packages: number(general, 'totals_segment/total_number_of_packages'),
        containers: number(general, 'totals_segment/total_number_of_containers'),
        grossMass: number(general, 'totals_segment/total_gross_mass'),
      },
      id ?? root,
    );
    for (const segment of children(root, 'bol_segment')) takeBill(segment, voyage, undefined, take);
  },
  awbolds: (root, take) => parts(root, take),
  awmcds: (root, take) => parts(root, take),
};

/** Bills for a manifest that is there already: with the master bill that they break up, or from a coloader. */
function parts(root: XmlElement, take: Take): void {
  const head =
    child(root, 'master_bol') ??
    child(root, 'general_segment_id') ??
    at(root, 'general_segment/general_segment_id') ??
    root;
  const voyage = voyageOf(head);
  const master =
    text(head, 'reference_number') ?? text(head, 'bol_reference') ?? text(head, 'master_bol_reference');
  for (const segment of children(root, 'bol_segment')) takeBill(segment, voyage, master, take);
}

interface Voyage {
  office: string | undefined;
  voyage: string | undefined;
  departure: string | undefined;
}

const voyageOf = (id: XmlElement | undefined): Voyage => ({
  office: text(id, 'customs_office_code'),
  voyage: text(id, 'voyage_number'),
  departure: dayOf(id, 'date_of_departure'),
});

function takeBill(segment: XmlElement, voyage: Voyage, master: string | undefined, take: Take): void {
  const id = child(segment, 'bol_id');
  const goods = child(segment, 'goods_segment');
  const traders = child(segment, 'traders_segment');
  const reference = text(id, 'bol_reference');
  const held = { ...voyage, from: voyage.departure };
  const party = (name: string) =>
    text(traders, `${name}/${name}_code`) ?? text(traders, `${name}/${name}_name`);
  take(
    'bill',
    {
      ...held,
      bill: reference,
      line: number(id, 'line_number'),
      nature: text(id, 'bol_nature'),
      type: text(id, 'bol_type_code'),
      master: text(id, 'master_bol_ref_number') ?? master,
      consignee: party('consignee'),
      consigneeName: text(traders, 'consignee/consignee_name'),
      exporter: party('exporter'),
      notify: party('notify'),
      loadingPlace: text(segment, 'load_unload_place/place_of_loading_code'),
      unloadingPlace: text(segment, 'load_unload_place/place_of_unloading_code'),
      location: text(segment, 'location/location_code'),
      packages: number(goods, 'number_of_packages'),
      packageKind: text(goods, 'package_type_code'),
      grossMass: number(goods, 'gross_mass'),
      volume: number(goods, 'volume_in_cubic_meters'),
      description: text(goods, 'goods_description'),
      marks: text(goods, 'shipping_marks'),
      hs: listOf(...hsCodes(segment)),
      seals: listOf(text(goods, 'seals_segment/marks_of_seals')),
    },
    id ?? segment,
  );
  for (const container of children(segment, 'ctn_segment')) {
    take(
      'bill-container',
      {
        ...held,
        bill: reference,
        container: text(container, 'ctn_reference'),
        type: text(container, 'type_of_container'),
        load: text(container, 'empty_full'),
        packages: number(container, 'number_of_packages'),
        goodsMass: number(container, 'goods_weight'),
        emptyMass: number(container, 'empty_weight'),
        seals: listOf(...[1, 2, 3].map((rank) => text(container, `marks${rank}`)), text(container, 'seals')),
      },
      container,
    );
  }
  for (const { record, element } of vehiclesIn(segment).found)
    take('bill-vehicle', { ...held, bill: reference, ...record }, element);
}

const hsNames = /^(hs_code|commodity_code|hsc_cod)$/;

/** Something beside HS codes, which are read wherever they stand. */
const holdsOther = (element: XmlElement): boolean =>
  element.children.some(holdsOther) || (element.text.trim() !== '' && !hsNames.test(element.key));

/** They stand in different places in different countries' versions. */
function hsCodes(segment: XmlElement): string[] {
  const found: string[] = [];
  const walk = (element: XmlElement) => {
    if (hsNames.test(element.key) && element.text.trim() !== '') found.push(element.text.trim());
    element.children.forEach(walk);
  };
  walk(segment);
  return found;
}
