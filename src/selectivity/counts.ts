/**
 * What a decision may depend on beside its own declaration: how many lanes an office was given before. Pure: who counts
 * hands the numbers in, and they are kept with the check.
 */
export interface Counts {
  /** Declarations of this office and flow in this month. */
  declared: number;
  /** Of these by lane. */
  lanes: Readonly<Record<string, number>>;
  /** Declarations of this office today by lane, all flows together. */
  today: Readonly<Record<string, number>>;
  /** Declarations of this office and flow in a row on which rules hit and which went free. */
  unselected: number;
}

/**
 * The chance with which a declaration that would go free fills an expected rate. With s declarations lacking it is
 * s / (1 + s): near the rate itself while the office is on course, and never certain, so that nobody who counts along can
 * tell who is next. Exact in floating point: a division and no library function, so a replay gives the same bits.
 */
export function chanceOf(rate: number, lane: string, { declared, lanes }: Counts): number {
  const lacking = rate * (declared + 1) - (lanes[lane] ?? 0);
  return lacking <= 0 ? 0 : lacking / (1 + lacking);
}
