/**
 * Reports of the CDS Declaration Information Service: what the system holds about a declaration, asked for later. A
 * status report has dates and a stub without items, so it answers; a full report holds the declaration itself.
 */
import type { CountryProfile } from '../../declaration/country-profile.ts';
import type { TrailEvent } from '../../declaration/trail.ts';
import { codeOf, filled, integerOf } from '../fields.ts';
import { child, harvest, type XmlElement } from '../xml.ts';
import type { Answer } from './answer.ts';
import { instantOf } from './context.ts';

/** Dates of the reports and the events that they are of. */
const dated: Readonly<Record<string, TrailEvent['kind']>> = {
  createddatetime: 'LODGE',
  receiveddatetime: 'LODGE',
  acceptancedatetime: 'REGISTER',
  goodsarrivaldatetime: 'ARRIVE',
  goodsreleaseddatetime: 'RELEASE',
};

export function reportedEvents(element: XmlElement | undefined, profile: CountryProfile): TrailEvent[] {
  return (element?.children ?? []).flatMap((part): TrailEvent[] => {
    const kind = dated[part.key];
    const at = kind === undefined ? undefined : instantOf(part, profile);
    return kind === undefined || at === undefined ? [] : [{ kind, at, role: 'system' }];
  });
}

export function statusAnswer(report: XmlElement, profile: CountryProfile): Answer {
  const details = child(report, 'declarationstatusdetails');
  const status = child(details, 'declaration');
  const mrn = codeOf(child(status, 'id')) ?? '';
  const version = integerOf(child(status, 'versionid')) || undefined;
  const extra = (events: TrailEvent[]): TrailEvent[] => {
    const left = harvest(report);
    return events.map((event) => ({ ...event, ...filled({ version, extra: left }) }));
  };
  const events = reportedEvents(status, profile);
  return { declaration: mrn, aliases: [mrn], trail: extra(events), outcomes: [] };
}

/** What the report tells beside the declaration: its MRN, its version and the events behind its dates. */
export function summaryOf(details: XmlElement, profile: CountryProfile) {
  const summary = child(details, 'highlevelsummarydetails');
  const consignment = child(details, 'generatedconsignmentdetails');
  return {
    mrn: codeOf(child(summary, 'mrn')),
    version: integerOf(child(summary, 'versionid')) || undefined,
    trail: [...reportedEvents(summary, profile), ...reportedEvents(consignment, profile)],
  };
}
