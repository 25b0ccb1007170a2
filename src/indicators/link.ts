/** The address under which the service answers the declarations behind one figure: beside each figure it tells, and in reports. */

/** What was asked, as it is asked again of the declarations; days as YYYY-MM-DD. */
export interface LinkedRequest {
  /** Dimensions, separated by commas. */
  by?: string | undefined;
  from?: string | null | undefined;
  to?: string | null | undefined;
  asOf?: string | undefined;
  where?: readonly string[] | undefined;
}

export const keyText = (dimension: string, value: string | null): string => `${dimension}=${value ?? ''}`;

/** @returns path and query, from the service's root on */
export function declarationsPath(
  indicator: string,
  asked: LinkedRequest,
  { key, figure }: { key: Record<string, string | null>; figure: string },
): string {
  const link = new URLSearchParams();
  for (const each of ['by', 'from', 'to', 'asOf'] as const) {
    const value = asked[each];
    if (value !== undefined && value !== null) link.set(each, value);
  }
  for (const condition of asked.where ?? []) link.append('where', condition);
  for (const [dimension, value] of Object.entries(key)) link.append('key', keyText(dimension, value));
  link.set('figure', figure);
  return `/v1/indicators/${indicator}/declarations?${link}`;
}
