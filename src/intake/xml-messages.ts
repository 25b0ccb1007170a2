/**
 * From an XML document to records: finds the customs messages in it, wherever an envelope put them, and hands each to
 * its mapper. The document was parsed whole before, so a cut file never gets here. One bad message among several is
 * yielded as refused; where it is the only one, it throws.
 */
import type { Declaration } from '../declaration/declaration.ts';
import type { TrailEvent } from '../declaration/trail.ts';
import { validateDeclaration, validateEvent, validateOutcome } from '../declaration/validate.ts';
import { CrosscheckError, type Where } from '../errors.ts';
import { filled } from './fields.ts';
import { identify } from './identity.ts';
import { decodeText, type OpenedInput } from './input.ts';
import { defaultLimits } from './limits.ts';
import type { IntakeRecord, ReadOptions } from './record.ts';
import { sadDeclaration } from './sad/declaration.ts';
import { type Answer, notificationAnswer, requestAnswer } from './wco/answer.ts';
import { profileOf, wcoDeclaration } from './wco/declaration.ts';
import { statusAnswer, summaryOf } from './wco/report.ts';
import { at, child, harvest, parseXml, type XmlElement } from './xml.ts';

type Mapper = (
  message: XmlElement,
  where: Where,
  options: ReadOptions,
  envelope?: XmlElement,
) => IntakeRecord;

function declared(
  declaration: Declaration,
  trail: TrailEvent[],
  where: Where,
): Extract<IntakeRecord, { kind: 'declaration' }> {
  validateDeclaration(declaration);
  trail.forEach(validateEvent);
  return { kind: 'declaration', identity: identify(declaration), declaration, trail, outcomes: [], where };
}

function answered(answer: Answer, where: Where): IntakeRecord {
  answer.trail.forEach(validateEvent);
  answer.outcomes.forEach(validateOutcome);
  return { kind: 'answer', ...answer, where };
}

const sad: Mapper = (message, where, options) => {
  const { declaration, trail } = sadDeclaration(message, options.country);
  return declared(declaration, trail, where);
};

/** Function code 9 is an original; 13 a further message of the trader to one. */
const wcoMessage: Mapper = (message, where, options, envelope) => {
  const profile = profileOf(envelope, message, options.country);
  const code = child(message, 'functioncode')!.text.trim();
  if (code === '13') {
    const receivedAt = options.receivedAt ?? new Date().toISOString();
    return answered(requestAnswer(message, profile, receivedAt), where);
  }
  return declared(wcoDeclaration(message, profile), [], where);
};

const wcoNotification: Mapper = (message, where, options, envelope) =>
  answered(notificationAnswer(message, profileOf(envelope, message, options.country)), where);

const wcoStatus: Mapper = (message, where, options) =>
  answered(statusAnswer(message, profileOf(undefined, message, options.country)), where);

const wcoFull: Mapper = (message, where, options) => {
  const profile = profileOf(undefined, message, options.country);
  const { mrn, version, trail } = summaryOf(message, profile);
  const object = at(message, 'fulldeclarationobject/declaration') ?? message;
  const { extra: own, ...declaration } = wcoDeclaration(object, profile);
  const extra = { ...own, ...harvest(message) };
  return declared({ ...declaration, ...filled({ mrn, version, extra }) }, trail, where);
};

/** Messages by the name of their element; the WCO's are told from others of that name by their function code. */
const mappers: Readonly<Record<string, Mapper>> = {
  asycuda: sad,
  declarationstatusresponse: wcoStatus,
  fulldeclarationdatadetails: wcoFull,
  declaration: wcoMessage,
  response: wcoNotification,
};
const coded = new Set(['declaration', 'response']);

interface Message {
  message: XmlElement;
  mapper: Mapper;
  envelope?: XmlElement;
}

function messagesIn(element: XmlElement, envelope?: XmlElement): Message[] {
  const mapper = Object.hasOwn(mappers, element.key) ? mappers[element.key] : undefined;
  const isMessage = !coded.has(element.key) || child(element, 'functioncode') !== undefined;
  if (mapper !== undefined && isMessage) return [{ message: element, mapper, envelope }];
  return element.children.flatMap((inner) => messagesIn(inner, element));
}

export async function* readXml(opened: OpenedInput, options: ReadOptions): AsyncGenerator<IntakeRecord> {
  const root = await parseXml(decodeText(opened.bytes, opened.encoding), {
    ...defaultLimits,
    ...options.limits,
  });
  const messages = messagesIn(root);
  if (messages.length === 0) {
    const problem = `the root element is ${root.name}, which holds no ASYCUDA SAD and no WCO message`;
    throw new CrosscheckError('CC_FORMAT_UNKNOWN', { problem }, { line: root.line, column: root.column });
  }
  for (const [index, { message, mapper, envelope }] of messages.entries()) {
    const where: Where = { file: options.file, record: index + 1, line: message.line };
    try {
      yield mapper(message, where, options, envelope);
    } catch (thrown) {
      if (!(thrown instanceof CrosscheckError)) throw thrown;
      if (messages.length === 1) throw thrown.at(where);
      yield { kind: 'refused', error: thrown.at(where), where };
    }
  }
}
