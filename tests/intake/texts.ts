/** Every primitive in a value, as text: for the proof that nothing of a message is lost. */
export function valuesOf(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [String(value)];
  return Object.values(value).flatMap(valuesOf);
}
