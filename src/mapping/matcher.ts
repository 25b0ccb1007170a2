/** Conditions of mapping files on the text of a column. */

const pattern = /^\/(.*)\/$/;

/** Whether a text is one of those listed; `/…/` is a regular expression, `*` any value, `-` none. */
export function matcher(
  wanted: string | number | readonly (string | number)[],
): (text: string | null) => boolean {
  const list = (Array.isArray(wanted) ? wanted : [wanted]).map(String);
  const exact = new Set(list.filter((text) => !pattern.test(text)).map((text) => text.toUpperCase()));
  const expressions = list
    .map((text) => pattern.exec(text)?.[1])
    .filter((source) => source !== undefined)
    .map((source) => new RegExp(source, 'i'));
  const any = exact.has('*');
  const none = exact.has('-');
  return (text) => {
    if (text === null) return none;
    return any || exact.has(text.toUpperCase()) || expressions.some((expression) => expression.test(text));
  };
}
