/**
 * Every error Crosscheck can raise on purpose, once: a stable code, the HTTP status, the message and what to do about it. A
 * code is part of the interface; docs/errors.md is generated from this table and a test keeps the two equal. Errors are shown
 * by src/present.ts alone.
 *
 * In messages and hints `{name}` is filled from the error's parameters.
 */

export interface ErrorSpec {
  /** HTTP status; on the command line 4xx means unusable input (exit 2), 5xx a fault of ours or of the store. */
  status: number;
  message: string;
  /** What the reader should do. */
  hint: string;
}

export const errorTable = {
  // ── Anything ──────────────────────────────────────────────────────────────────────────────────────────────────
  CC_INTERNAL: {
    status: 500,
    message: 'internal error',
    hint: 'The details are in the log under this request id; report them with the id.',
  },
  CC_BAD_ARGUMENT: {
    status: 400,
    message: '{name}: {problem}',
    hint: 'Call again with the argument corrected; --help lists what a command accepts, /openapi.json what a call does.',
  },
  CC_FILE_UNREADABLE: {
    status: 400,
    message: 'cannot read {file}: {problem}',
    hint: 'Check the path and the permissions of the file, and that it is whole.',
  },
  CC_FILES_LIMIT: {
    status: 503,
    message: 'this process may not hold as many files open as the program needs: {problem}',
    hint: 'Allow it more, 1024 at least and 65536 for a service with many callers: `ulimit -n 65536` in the shell before the start, LimitNOFILE= in the unit of systemd, --ulimit nofile= of a container.',
  },
  CC_NODE_TOO_OLD: {
    status: 503,
    message: 'this is Node {version}, and the program needs {least} or later',
    hint: 'Install a later Node (https://nodejs.org), look with `node --version` which one is found first, and run `npm ci` again with it.',
  },
  CC_YAML_MALFORMED: {
    status: 422,
    message: '{file} is no YAML: {problem}',
    hint: 'Mend the file at this place; indentation, tabs and quotes are the usual causes.',
  },
  CC_NOT_FOUND: {
    status: 404,
    message: '{what} {id} does not exist',
    hint: 'Check the identifier; references are percent-encoded in addresses.',
  },
  CC_CONFLICT: {
    status: 409,
    message: '{what} {id}: {problem}',
    hint: 'Read the current state and decide again.',
  },
  CC_NOT_EVALUATED: {
    status: 409,
    message:
      '{check} was answered with the fallback lane, without being evaluated, and has not been done again yet',
    hint: 'Ask again when GET /v1/checks/ID, of this id, names in `redone` the check that took its place.',
  },

  // ── Declaration: the canonical model ──────────────────────────────────────────────────────────────────────────
  CC_DECLARATION_INVALID: {
    status: 422,
    message: 'the declaration breaks the canonical model at {pointer}: {problem}',
    hint: 'Correct the field; the schema is at /openapi.json and in schemas/declaration.json.',
  },

  // ── Intake: reading messages ──────────────────────────────────────────────────────────────────────────────────
  CC_FORMAT_UNKNOWN: {
    status: 415,
    message: 'the format of the content was not recognised: {problem}',
    hint: 'Accepted are ASYCUDA SAD XML, WCO Data Model XML, JSON, NDJSON, and CSV with a mapping file.',
  },
  CC_INPUT_TOO_LARGE: {
    status: 413,
    message: '{what} is over the limit of {limit}',
    hint: 'Split the input, or raise the limit if the message is genuine.',
  },
  CC_ENCODING: {
    status: 415,
    message: 'the bytes are not {encoding}: {problem}',
    hint: 'Send UTF-8, UTF-16 with a byte order mark, or declare the encoding that the bytes are in; an editor saves a file as UTF-8.',
  },
  CC_XML_MALFORMED: {
    status: 422,
    message: 'the XML is not well-formed: {problem}',
    hint: 'The message was refused whole: a broken or cut file is never half read. Have it sent again.',
  },
  CC_XML_FORBIDDEN: {
    status: 422,
    message: 'the XML holds {what}, which no customs message needs',
    hint: 'Document types and entities are refused, not expanded. Send the message without them.',
  },
  CC_JSON_MALFORMED: {
    status: 422,
    message: 'the JSON is not usable: {problem}',
    hint: 'Correct the text at this place. A member given twice and the name __proto__ are refused too.',
  },
  CC_CSV_MALFORMED: {
    status: 422,
    message: 'the row is not usable: {problem}',
    hint: 'Correct the row; the rows around it were read, unless it says that nothing after it can be.',
  },
  CC_FIELD_UNREADABLE: {
    status: 422,
    message: '{path} holds {value}, which is not {expected}',
    hint: 'Correct the field in the source system; a value is never guessed.',
  },
  CC_MAPPING_INVALID: {
    status: 422,
    message: 'the column mapping {file} is not usable at {pointer}: {problem}',
    hint: 'Correct the mapping file; docs/formats.md describes it and profiles/sources/ holds examples.',
  },

  // ── Rules: files, lints, rulebooks ────────────────────────────────────────────────────────────────────────────
  CC_RULEBOOK_REFUSED: {
    status: 422,
    message: 'the rulebook was refused: {count} problems in {files} files',
    hint: 'Run `crosscheck rules lint` and mend what it lists; the last good rulebook stays in force.',
  },
  CC_RULEBOOK_EMPTY: {
    status: 422,
    message: 'there is no rule in {folder}',
    hint: 'Check the path, and that the files of rules are there under names that end with .yaml, .yml or .json; without a rule nothing would be found, so the last good rulebook stays in force.',
  },

  // ── Engine ────────────────────────────────────────────────────────────────────────────────────────────────────
  CC_RULE_UNUSABLE: {
    status: 422,
    message: 'rule {rule} cannot be compiled: {problem}',
    hint: 'Run `crosscheck rules lint` on its file: it names the line and what to do. docs/language.md is the reference.',
  },

  // ── Selectivity ───────────────────────────────────────────────────────────────────────────────────────────────
  CC_PROFILE_INVALID: {
    status: 422,
    message: 'the profile {file} is not usable at {pointer}: {problem}',
    hint: 'Correct the profile; its schema is in schemas/.',
  },

  CC_CHECK_NOT_KEPT: {
    status: 503,
    message: 'the check could not be kept: {problem}; the fallback lane is {lane}',
    hint: 'Nothing was acknowledged: act on the fallback lane, which is `lane` of this answer, and send the declaration again after the time in Retry-After.',
  },
  CC_LIST_INVALID: {
    status: 422,
    message: 'the list is not usable at {pointer}: {problem}',
    hint: 'A list has id, title, kind, match, owner, origin and entries; its schema is schemas/list.json.',
  },
  CC_LIST_ENTRY_INVALID: {
    status: 422,
    message: 'the entry is left out: {pointer} {problem}',
    hint: 'Correct the row and load the list again; the other rows are in force.',
  },
  CC_LIST_EMPTIED: {
    status: 422,
    message:
      'the list is in force without an entry, and had {before} before: nothing is found on it any more',
    hint: 'Load it again with its entries where the export was cut short; withdraw it where it is no longer to be asked, so that rules on it are told as not evaluated.',
  },
  CC_LIST_ENTRY_DOUBTFUL: {
    status: 422,
    message: 'the entry is in force, and perhaps not as it was meant: {pointer} {problem}',
    hint: 'Correct the row and load the list again where it was meant otherwise; as it stands it is used.',
  },

  CC_CLOCK_UNSURE: {
    status: 503,
    message:
      'the clock tells {day}, and the service ran on none of the {days} days before, last on {last}: nothing is removed or frozen today',
    hint: 'Look at the clock. Where it is right nothing is to be done: tomorrow it goes on. A policy can be carried out by hand (crosscheck retain --apply).',
  },
  CC_KEY_NOT_REVEALED: {
    status: 409,
    message: 'the key of {day} is not told before that day is over',
    hint: 'Verify the draw the day after; until then its commitment is all there is.',
  },

  CC_SPOOL_FULL: {
    status: 503,
    message: 'the spool holds the {limit} bytes that it may',
    hint: 'It is emptied when the store is back. More disk helps: see "When the store is away" in docs/operations.md.',
  },
  CC_SEAL_BROKEN: {
    status: 500,
    message: 'what is sealed in {what} cannot be opened: {problem}',
    hint: 'Give the key back that sealed it (CROSSCHECK_SEAL_KEY, or seal.key beside the embedded store), behind the new one; or make a new secret.',
  },

  // ── Store ─────────────────────────────────────────────────────────────────────────────────────────────────────
  CC_STORE_TAKEN: {
    status: 503,
    message: 'the store {path} is in use by another process',
    hint: 'Commands go through the running service by themselves when it answers; otherwise stop the process that holds the file.',
  },
  CC_STORE_ABSENT: {
    status: 404,
    message: 'there is no store in {folder}: {problem}',
    hint: 'Name the folder that `crosscheck serve` or `crosscheck import` keeps its data in, with --data or CROSSCHECK_DATA; `data` in the working directory otherwise. A store is made by these two, and by `restore`, `lists load`, `keys create`, `webhooks create` and `indicators --mirror`.',
  },
  CC_STORE_UNREADABLE: {
    status: 503,
    message: 'the store {path} cannot be opened: {problem}',
    hint: 'Nothing was written to it. Look whether the file is of this program, whole, and may be read and written; then run the release that wrote it, or copy the folder away and restore a backup (crosscheck restore).',
  },
  CC_STORE_UNAVAILABLE: {
    status: 503,
    message: 'the store does not answer: {problem}',
    hint: 'Nothing that was acknowledged is lost; try again when the store is back.',
  },
  CC_STORE_NEWER: {
    status: 503,
    message:
      'the collection {collection} was written by a newer release: schema {found}, this release knows {known}',
    hint: 'Run the newer release, or restore a backup that this one wrote.',
  },
  CC_JOURNAL_DAMAGED: {
    status: 503,
    message:
      'the journal {path} is damaged at byte {position}, and what stands behind it had been acknowledged',
    hint: 'Look at the disk. Copy the folder away; then restore a backup, or cut the file at that byte (truncate -s) to go on without what stands behind it.',
  },
  CC_BACKUP_UNSUPPORTED: {
    status: 409,
    message: 'only the embedded store is backed up by this command',
    hint: 'Back MongoDB up with its own tools: mongodump, or snapshots of the volumes (docs/operations.md).',
  },
  CC_BACKUP_INVALID: {
    status: 400,
    message: '{path} is not a backup that can be restored: {problem}',
    hint: 'Give a folder that `crosscheck backup` wrote, whole and unchanged.',
  },
  CC_BACKUP_FAILED: {
    status: 503,
    message: '{path} could not be written: {problem}',
    hint: 'The store is unharmed, and nothing of the copy is left. Make room, or give a folder that can be written; then try again.',
  },
  CC_RESTORE_UNFINISHED: {
    status: 409,
    message: 'a restore into {folder} is under way or was cut off: {left} is not a store yet',
    hint: 'Run `crosscheck restore` again, which begins anew. To start with an empty store instead, remove that file.',
  },
  CC_RESULT_TOO_LARGE: {
    status: 422,
    message: '{measure} of {collection} is beyond the integers that can be told exactly (2^53)',
    hint: 'Narrow the filter or group by more columns.',
  },
  CC_VERSION_CONFLICT: {
    status: 409,
    message: '{collection} {id} was changed by someone else: version {found}, expected {expected}',
    hint: 'Read the document again and repeat the change on its present version.',
  },

  // ── Sources: extracts, reference records, tariff, cargo ───────────────────────────────────────────────────────
  CC_SOURCE_MAPPING_UNKNOWN: {
    status: 404,
    message: 'there is no mapping {id}',
    hint: 'A plain name is one of those that are shipped: {known}. A file is named by its path, such as {here}.',
  },
  CC_SOURCE_MAPPING_INVALID: {
    status: 422,
    message: 'the source mapping is not usable at {pointer}: {problem}',
    hint: 'Correct the mapping; docs/guide-feed.md explains each key.',
  },
  CC_SOURCE_TABLE_MISSING: {
    status: 422,
    message: 'the extract has no file for the table {table}: {files}; it has {found}',
    hint: 'Add the dump of that table under one of these names, or name its file in the mapping under files.',
  },
  CC_SOURCE_TABLE_REFUSED: {
    status: 422,
    message: 'the table {table} is not read: {why}',
    hint: 'The other tables of the extract are read. Leave its dump out to be asked no more.',
  },
  CC_SOURCE_COLUMN_MISSING: {
    status: 422,
    message: 'the table {table} has no column {column}',
    hint: 'Add the column to the dump, or name the one that stands for it in the mapping.',
  },
  CC_SOURCE_FILE_REFUSED: {
    status: 422,
    message: '{file} cannot be read as a table: {problem}',
    hint: 'Accepted are CSV with a header line, NDJSON and Parquet; .gz is unpacked.',
  },
  CC_CARGO_UNKNOWN: {
    status: 415,
    message: 'the document is no manifest: its root is {root}',
    hint: 'Accepted are ASYCUDA World manifests (Awmds), degroupages (Awbolds) and coloader messages (Awmcds).',
  },
  CC_REFERENCE_INVALID: {
    status: 422,
    message: 'the {kind} record is not usable at {pointer}: {problem}',
    hint: 'Correct the record; docs/guide-feed.md lists the members of each kind.',
  },
  CC_ROW_TYPE: {
    status: 422,
    message: '{table}.{column}: {problem}',
    hint: 'Correct the cell at the source; the field was left out, the rest of the row was kept where it can stand without.',
  },
  CC_ROW_CODE: {
    status: 422,
    message: '{table}.{column}: {problem}',
    hint: 'Add the code to the translations of the mapping, or correct it at the source.',
  },
  CC_ROW_DATE: {
    status: 422,
    message: '{table}.{column}: {problem}',
    hint: 'Add the format to the dates of the mapping, or correct the cell at the source.',
  },
  CC_ROW_RANGE: {
    status: 422,
    message: '{table}.{column}: {problem}',
    hint: 'Correct the cell at the source; the field was left out.',
  },
  CC_ROW_KEY: {
    status: 422,
    message: '{table}.{column}: {problem}',
    hint: 'A row that does not say what it belongs to cannot be used; add its key at the source.',
  },
  CC_ROW_ORPHAN: {
    status: 422,
    message: '{table}.{column}: {problem}',
    hint: 'Check that the extract holds the row it belongs to; events wait for their declaration, other rows are left out.',
  },
  CC_ROW_DUPLICATE: {
    status: 422,
    message: '{table}.{column}: {problem}',
    hint: 'The first of the equal rows was kept; look at how the dump was joined.',
  },
  CC_ROW_CONTRADICTORY: {
    status: 422,
    message: '{table}.{column}: {problem}',
    hint: 'Decide at the source which of the two is true; the first was kept.',
  },
  CC_ROW_COLUMNS: {
    status: 422,
    message: '{table}: {problem}',
    hint: 'Quote the cells that hold the delimiter or a line break, and dump the table again.',
  },
  CC_ROW_ENCODING: {
    status: 422,
    message: '{table}: {problem}',
    hint: 'Dump the table as UTF-8, or name its encoding in the mapping under csv.',
  },
  CC_ROW_UNREADABLE: {
    status: 422,
    message: '{table}: {problem}',
    hint: 'Mend the quoting or the JSON of the line and import it again.',
  },

  // ── Indicators ────────────────────────────────────────────────────────────────────────────────────────────────
  CC_FILTER_INVALID: {
    status: 400,
    message: 'the filter "{text}" cannot be read: {problem}',
    hint: 'Write comparisons such as `office = PORT`, `lane in (red, yellow)` or `paidDay is null`, joined by `and`.',
  },
  CC_DIMENSION_UNKNOWN: {
    status: 400,
    message: '{indicator} is not told by {dimension}',
    hint: 'It is told by {known}; two of them at once at most.',
  },
  CC_NOT_WATCHED: {
    status: 404,
    message: 'the definition of {indicator} watches no figure for a change',
    hint: 'GET /v1/indicators shows `watch` where there is one; an administration adds it to a definition of its own.',
  },
  CC_OFFICE_NEEDED: {
    status: 400,
    message:
      'figures on officers are told office by office, and {indicator} was asked by two other dimensions',
    hint: 'Add the filter `office = …`, or group by office and officer.',
  },
  CC_PHASE_DESCRIPTIVE: {
    status: 409,
    message: 'the office measures itself, not its people: {indicator} is not told of one officer there',
    hint: 'The descriptive phase shows officers under period surrogates; two people switch an office to the prescriptive phase.',
  },
  CC_SUBJECT_UNKNOWN: {
    status: 404,
    message: 'no mark sheet of {party} {subject}: nothing that is recorded names it',
    hint: 'Officers are named by their surrogate and firms as declarations name them; an officer is known by a record of people or by an act in the office.',
  },
  CC_PERIOD_REMOVED: {
    status: 409,
    message: 'declarations of {first} to {last} were removed under the retention policy',
    hint: 'What is left of those days is no fair part of them: ask for days outside, or read the editions that were frozen.',
  },
  CC_PRICES_INVALID: {
    status: 422,
    message: 'the price index is not usable: {problem}',
    hint: 'It is a CSV file with the columns period and index, a year or a month a line, without gaps; docs/guide-integrity.md.',
  },
  CC_INDICATORS_REFUSED: {
    status: 422,
    message: 'the indicator files were refused: {count} problems in {files} files',
    hint: 'Run `crosscheck indicators --lint` and mend what it lists.',
  },

  // ── Service ───────────────────────────────────────────────────────────────────────────────────────────────────
  CC_ROUTE_UNKNOWN: {
    status: 404,
    message: 'there is no {method} {path}',
    hint: 'The calls that exist are listed at /openapi.json.',
  },
  CC_REQUEST_INVALID: {
    status: 400,
    message: 'the request is not acceptable at {pointer}: {problem}',
    hint: 'Correct the request; its schema is at /openapi.json.',
  },
  CC_BODY_TOO_LARGE: {
    status: 413,
    message: 'the body is larger than {limit} bytes',
    hint: 'Send fewer declarations at a time, or use POST /v1/checks/batch.',
  },
  CC_MEDIA_TYPE: {
    status: 415,
    message: 'the content type {type} is not accepted here',
    hint: 'Send application/json, application/x-ndjson or application/xml.',
  },
  CC_NO_DECLARATION: {
    status: 422,
    message: 'the body holds {found}, where one declaration is expected',
    hint: 'Send one declaration to POST /v1/checks, several to POST /v1/checks/batch; answering messages go to POST /v1/import.',
  },
  CC_IDEMPOTENCY_CONFLICT: {
    status: 409,
    message: 'the Idempotency-Key {key} was used before with another body',
    hint: 'Use a new key for each call that says something new; repeat a call with the same bytes.',
  },
  CC_BUSY: {
    status: 503,
    message: 'the service has more work than it can take now',
    hint: 'Send the request again after the time in Retry-After.',
  },
  CC_UNAUTHENTICATED: {
    status: 401,
    message: 'this call needs authentication',
    hint: 'Send `Authorization: Bearer` with an API key or a token of the administration; without configured authentication only this machine may call.',
  },
  CC_FORBIDDEN: {
    status: 403,
    message: 'role {role} may not call {call}',
    hint: 'The rights of each role are listed in docs/guide-clearance.md; an administrator grants them.',
  },
  CC_OFFICE_FORBIDDEN: {
    status: 403,
    message: 'this caller has no right for office {office}',
    hint: 'The key or token names the offices that it is good for; an administrator grants them. Of a declaration that is not here yet the registration alone tells the office.',
  },
  CC_AUDIENCE_FORBIDDEN: {
    status: 403,
    message: 'role {role} does not read what the audience {audience} reads, and may not have it sent',
    hint: 'Subscribe as an audience that you read, or let somebody who reads it subscribe.',
  },
  CC_NAME_WITHHELD: {
    status: 403,
    message: 'the name behind {officer} is not told: {problem}',
    hint: 'In the descriptive phase a hard breach is unmasked by two people (POST /v1/unmaskings); docs/guide-integrity.md.',
  },
  CC_WEBHOOK_ADDRESS: {
    status: 400,
    message: 'webhooks are not sent to this address: {problem}',
    hint: 'Give an https address of a public host; hosts of your own network are named in CROSSCHECK_WEBHOOK_HOSTS.',
  },
  CC_ISSUER_UNAVAILABLE: {
    status: 503,
    message: 'the token issuer {issuer} does not answer',
    hint: 'Tokens cannot be verified until it does; API keys go on working.',
  },
  CC_SERVICE_ANSWERED: {
    status: 422,
    message: 'the running service answered {status} {code}: {problem}',
    hint: 'Correct what it names; the code is explained in docs/errors.md.',
  },
  CC_LISTEN_REFUSED: {
    status: 400,
    message: 'without authentication the service listens on 127.0.0.1 alone, not on {host}',
    hint: 'Configure keys or OpenID Connect, or leave --host out.',
  },
  CC_PORT_TAKEN: {
    status: 503,
    message: 'port {port} is in use',
    hint: 'Stop what listens there or choose another with --port.',
  },
  CC_LISTEN_FAILED: {
    status: 400,
    message: 'the service cannot listen on {host}, port {port}: {problem}',
    hint: 'Name an address of this machine with --host (0.0.0.0 for all of them), and with --port a port that this account may open: below 1024 few may.',
  },

  // ── Simulate ──────────────────────────────────────────────────────────────────────────────────────────────────
  CC_MISCONDUCT_INVALID: {
    status: 400,
    message: 'the misconduct file cannot be used: {problem}',
    hint: 'A list of { pattern, rate, strength }; docs/detection.md lists the patterns.',
  },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof errorTable;
export type ErrorParams = Record<string, string | number>;

/** Where in the input it happened; every member that is known is shown. */
export interface Where {
  file?: string;
  /** 1-based. */
  line?: number;
  column?: number;
  /** JSON pointer or element path. */
  pointer?: string;
  /** The record's ordinal in a file of many, 1-based. */
  record?: number;
}

const fill = (template: string, params: ErrorParams): string =>
  template.replace(/\{(\w+)\}/g, (hole, name: string) => (name in params ? String(params[name]) : hole));

export class CrosscheckError extends Error {
  override readonly name = 'CrosscheckError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly hint: string;
  readonly params: ErrorParams;
  readonly where: Where;

  constructor(code: ErrorCode, params: ErrorParams = {}, where: Where = {}, cause?: unknown) {
    const spec: ErrorSpec = errorTable[code];
    super(fill(spec.message, params), cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = spec.status;
    this.hint = fill(spec.hint, params);
    this.params = params;
    this.where = where;
  }

  /** The same error with more known about the place, for a caller that knows the file or the record. */
  at(where: Where): CrosscheckError {
    const known = Object.fromEntries(Object.entries(this.where).filter(([, value]) => value !== undefined));
    const moved = new CrosscheckError(this.code, this.params, { ...where, ...known }, this.cause);
    moved.stack = this.stack;
    return moved;
  }
}
