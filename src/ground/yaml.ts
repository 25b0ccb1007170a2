/** A YAML file that a person wrote, as a value; what is wrong with it is told with line and column. */
import { parseDocument } from 'yaml';
import { CrosscheckError } from '../errors.ts';
import { whyUnreadable } from './system-error.ts';
import { readText } from './text.ts';

/** Throws CC_FILE_UNREADABLE, CC_ENCODING and CC_YAML_MALFORMED. */
export function readYaml(file: string): unknown {
  const document = parseDocument(textIn(file), { prettyErrors: true });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const [place] = broken.linePos ?? [];
    throw new CrosscheckError(
      'CC_YAML_MALFORMED',
      // What follows are the lines around it, for a screen.
      { file, problem: broken.message.split(/ at line \d+|\n/, 1)[0]! },
      { file, line: place?.line, column: place?.col },
      broken,
    );
  }
  return document.toJS({ maxAliasCount: 1000 });
}

function textIn(file: string): string {
  try {
    return readText(file);
  } catch (cause) {
    if (cause instanceof CrosscheckError) throw cause;
    const problem = whyUnreadable(cause);
    throw new CrosscheckError('CC_FILE_UNREADABLE', { file, problem }, { file }, cause);
  }
}
