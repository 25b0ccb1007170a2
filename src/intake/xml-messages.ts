/**
 * From an XML document to records: finds the customs messages in it, wherever an envelope put them, and hands each to
 * its mapper. The document was parsed whole before, so a cut file never gets here. One bad message among several is
 * yielded as refused; where it is the only one, it throws.
 */
import { validateDeclaration } from '../declaration/validate.ts';
import { CrosscheckError, type Where } from '../errors.ts';
import { identify } from './identity.ts';
import { decodeText, type OpenedInput } from './input.ts';
import { defaultLimits } from './limits.ts';
import type { IntakeRecord, ReadOptions } from './record.ts';
import { sadDeclaration } from './sad/declaration.ts';
import { parseXml, type XmlElement } from './xml.ts';

type Mapper = (message: XmlElement, where: Where, options: ReadOptions) => IntakeRecord;

function sadRecord(message: XmlElement, where: Where, options: ReadOptions): IntakeRecord {
  const { declaration, trail } = sadDeclaration(message, options.country);
  validateDeclaration(declaration);
  return { kind: 'declaration', identity: identify(declaration), declaration, trail, outcomes: [], where };
}

const mapperOf = (element: XmlElement): Mapper | undefined =>
  element.key === 'asycuda' ? sadRecord : undefined;

function messagesIn(root: XmlElement): { message: XmlElement; mapper: Mapper }[] {
  const mapper = mapperOf(root);
  return mapper === undefined ? root.children.flatMap(messagesIn) : [{ message: root, mapper }];
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
  for (const [index, { message, mapper }] of messages.entries()) {
    const where: Where = { file: options.file, record: index + 1, line: message.line };
    try {
      yield mapper(message, where, options);
    } catch (thrown) {
      if (!(thrown instanceof CrosscheckError)) throw thrown;
      if (messages.length === 1) throw thrown.at(where);
      yield { kind: 'refused', error: thrown.at(where), where };
    }
  }
}
