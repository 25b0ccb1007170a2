/** The holes of a message: `{valuation.cif}` or `{valuation.cif:format}`, with the place of each. */
export interface Placeholder {
  name: string;
  /** First character after the brace, from 0. */
  character: number;
}

export const placeholders = (text: string): Placeholder[] =>
  [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => ({
    name: match[1]!.split(/[:|,]/)[0]!.trim(),
    character: match.index + 1,
  }));
