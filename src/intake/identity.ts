/**
 * What identifies a declaration, by format (DESIGN decision 12). One table: which ways of naming form the reference, in
 * the order in which they are tried; which of them is the system's own registration; what makes a new version.
 *
 * A reference made of anything but a registration is provisional. Content is identified by the hash of its canonical
 * form, whatever its format.
 */
import type { Declaration, sourceFormats } from '../declaration/declaration.ts';
import { contentHash } from '../ground/canonical.ts';
import type { Identity } from './record.ts';

type SourceFormat = (typeof sourceFormats)[number];

interface Way {
  /** Given by the clearance system, hence unique and final. */
  registered: boolean;
  of(declaration: Declaration, content: string): string | undefined;
}

const joined = (...parts: (string | undefined)[]): string | undefined =>
  parts.every((part) => part !== undefined && part !== '') ? parts.join('/') : undefined;

const ways = {
  /** ASYCUDA: office, year, serial letter and number together; numbers start again each year in each office. */
  registration: {
    registered: true,
    of: ({ office, registration }) =>
      joined(
        office,
        registration?.date?.slice(0, 4),
        registration?.number && `${registration.serial ?? ''}${registration.number}`,
      ),
  },
  /** Movement reference number: unique in the world by its making. */
  mrn: { registered: true, of: ({ mrn }) => mrn },
  /** The declarant's own reference: unique for that declarant alone. */
  localReference: {
    registered: false,
    of: ({ declarant, localReference }) => joined(declarant?.id, localReference),
  },
  /** Nothing in the message names it: the same content is the same declaration, any change another one. */
  content: { registered: false, of: (_, content) => `content-${content.slice(0, 32)}` },
} satisfies Record<string, Way>;

export interface IdentityRule {
  /** Tried in this order; the first that the message can fill is the reference. */
  reference: readonly (keyof typeof ways)[];
  /** What makes a new version of a declaration that is known by this reference. */
  newVersion: string;
}

const changedContent = 'the same reference with another content hash';

export const identityTable: Readonly<Record<SourceFormat, IdentityRule>> = {
  'asycuda-sad': { reference: ['registration', 'localReference', 'content'], newVersion: changedContent },
  'wco-dm': {
    reference: ['mrn', 'localReference', 'content'],
    newVersion: `${changedContent}; an amendment (function code 13) answers it with an AMEND event, for it carries only what changes`,
  },
  json: { reference: ['mrn', 'registration', 'localReference', 'content'], newVersion: changedContent },
  csv: { reference: ['mrn', 'registration', 'localReference', 'content'], newVersion: changedContent },
  extract: { reference: ['mrn', 'registration', 'localReference', 'content'], newVersion: changedContent },
  simulated: { reference: ['mrn', 'registration', 'localReference', 'content'], newVersion: changedContent },
};

/** The office of a reference that is a registration; nothing where it is another name, which tells none. */
export const officeOfRegistration = (reference: string): string | undefined =>
  /^(.+)\/\d{4}\/[^/]+$/.exec(reference)?.[1];

/** Every name that the message gives its declaration, whichever is its reference; none where it gives none. */
export function namesOf(declaration: Declaration): string[] {
  const { registration, mrn, localReference } = ways;
  const names = [registration, mrn, localReference].map((way) => way.of(declaration));
  return [...new Set([...names, declaration.localReference])].filter((name) => name !== undefined);
}

/** The declaration's identity by its format's row of the table. */
export function identify(declaration: Declaration): Identity {
  const content = contentHash(declaration);
  const names = new Set<string>();
  let reference: string | undefined;
  let provisional = false;
  for (const name of identityTable[declaration.format].reference) {
    const way: Way = ways[name];
    const value = way.of(declaration, content);
    if (value === undefined) continue;
    if (reference === undefined) {
      reference = value;
      provisional = !way.registered;
    } else if (name !== 'content') names.add(value);
  }
  // Answers speak of the bare local reference, without the declarant.
  const bare = declaration.localReference;
  const isSpoken = bare !== undefined && bare !== reference && !names.has(bare);
  if (isSpoken) names.add(bare);
  names.delete(reference!);
  return {
    reference: reference!,
    provisional,
    content,
    aliases: [...names],
    ...(isSpoken ? { spoken: bare } : {}),
  };
}
