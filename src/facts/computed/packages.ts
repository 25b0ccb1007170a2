/** Kinds of package that have no number of packages in the ordinary sense (UN Recommendation 21). */

/** Bulk: gas, liquefied gas, liquid, powder, grain, nodules; and scrap. */
export const bulkKinds: ReadonlySet<string> = new Set(['VQ', 'VG', 'VL', 'VY', 'VR', 'VO', 'VS']);
/** Unpacked: single unit, several units, either. */
export const unpackedKinds: ReadonlySet<string> = new Set(['NE', 'NF', 'NG']);
