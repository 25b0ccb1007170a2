/**
 * Work that came to an officer who was not on its roster. Rosters are never whole: people stand in for each other, are
 * called to help, finish what they began. So what counts is how often it happens with one declarant against how often it
 * happens to this officer with all others: in the same section and week, and at any time. By days, since what is taken
 * over together is one event; and one declaration in a hundred is taken for everyday whatever the others show.
 */

/** Where and when a stratum lay. */
export interface Place {
  office: string;
  /** Office, section and week: a roster that was wrong was wrong for all who declared there. */
  cell: string;
  day: string;
}

/** What of a stratum matters here. */
export interface RosterStratum {
  total: number;
  /** From the roster. */
  eligible?: ReadonlySet<string>;
  officers: ReadonlyMap<string, number>;
  declarants: ReadonlyMap<string, number>;
  /** Declarations of each declarant by officer. */
  met: ReadonlyMap<string, ReadonlyMap<string, number>>;
  place?: Place;
}

export interface Outside {
  declarations: number;
  /** Days on which there were any, of those on which there could have been, each with its chance. */
  days: number;
  chances: number[];
}

/** The least chance of a declaration to go outside the roster. */
const everyday = 0.01;
/** Declarations of the same section and week that weigh as much as all that is known of the officer. */
const likeness = 10;
/** Of a section and week in which nobody else declared so many nothing can be told. */
const fewestOthers = 10;

interface Sum {
  /** Declarations for which he was not on the roster, and those of them that he was given all the same. */
  off: number;
  given: number;
}

/** Answers the pair's work outside the roster; undefined where no stratum says where it lay. */
export function outsideOf(
  strata: readonly RosterStratum[],
): (officer: string, declarant: string) => Outside | undefined {
  const byOffice = new Map<string, Map<string, RosterStratum[]>>();
  const officesOf = new Map<string, Set<string>>();
  const ofDeclarant = new Map<string, RosterStratum[]>();
  for (const stratum of strata) {
    const { place, eligible, officers, declarants } = stratum;
    if (place === undefined || eligible === undefined) continue;
    const cells = byOffice.get(place.office) ?? new Map<string, RosterStratum[]>();
    byOffice.set(place.office, cells);
    cells.set(place.cell, [...(cells.get(place.cell) ?? []), stratum]);
    for (const officer of officers.keys())
      officesOf.set(officer, (officesOf.get(officer) ?? new Set()).add(place.office));
    for (const declarant of declarants.keys())
      ofDeclarant.set(declarant, [...(ofDeclarant.get(declarant) ?? []), stratum]);
  }

  const cellSums = new Map<string, Sum>();
  const inCell = (officer: string, { office, cell }: Place): Sum => {
    const key = `${officer}\u001f${cell}`;
    let sum = cellSums.get(key);
    if (sum === undefined) {
      sum = sumOf(officer, byOffice.get(office)!.get(cell)!);
      cellSums.set(key, sum);
    }
    return sum;
  };
  const officeSums = new Map<string, Sum>();
  const inOffice = (officer: string, office: string): Sum => {
    const key = `${officer}\u001f${office}`;
    let sum = officeSums.get(key);
    if (sum === undefined) {
      sum = { off: 0, given: 0 };
      for (const [cell] of byOffice.get(office)!) {
        const { off, given } = inCell(officer, { office, cell, day: '' });
        sum.off += off;
        sum.given += given;
      }
      officeSums.set(key, sum);
    }
    return sum;
  };

  return (officer, declarant) => {
    const list = ofDeclarant
      .get(declarant)
      ?.filter(
        ({ place, eligible }) =>
          officesOf.get(officer)?.has(place!.office) === true && !eligible!.has(officer),
      );
    if (list === undefined || list.length === 0) return undefined;
    const ownIn = grouped(list, ({ place }) => place!.cell);
    const ownAt = grouped(list, ({ place }) => place!.office);
    const days = new Map<string, { chance: number; given: number }>();
    let declarations = 0;
    for (const stratum of list) {
      const place = stratum.place!;
      const own = stratum.met.get(declarant)?.get(officer) ?? 0;
      declarations += own;
      const here = less(inCell(officer, place), sumOf(officer, ownIn.get(place.cell)!, declarant));
      if (here.off < fewestOthers) continue;
      const all = less(inOffice(officer, place.office), sumOf(officer, ownAt.get(place.office)!, declarant));
      const usual = all.given / all.off;
      const rate = Math.max(everyday, (here.given + likeness * usual) / (here.off + likeness));
      const day = days.get(place.day) ?? { chance: 0, given: 0 };
      day.chance = 1 - (1 - day.chance) * (1 - rate) ** stratum.declarants.get(declarant)!;
      day.given += own;
      days.set(place.day, day);
    }
    const told = [...days.values()];
    return {
      declarations,
      days: told.filter(({ given }) => given > 0).length,
      chances: told.map(({ chance }) => chance),
    };
  };
}

const less = (all: Sum, own: Sum): Sum => ({ off: all.off - own.off, given: all.given - own.given });

/** Of all, or of one declarant's. */
function sumOf(officer: string, strata: readonly RosterStratum[], declarant?: string): Sum {
  const sum = { off: 0, given: 0 };
  for (const { eligible, total, officers, declarants, met } of strata) {
    if (eligible!.has(officer)) continue;
    sum.off += declarant === undefined ? total : declarants.get(declarant)!;
    sum.given += (declarant === undefined ? officers : met.get(declarant)!).get(officer) ?? 0;
  }
  return sum;
}

function grouped<T>(list: readonly T[], keyOf: (each: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of list) {
    const group = groups.get(keyOf(each));
    if (group === undefined) groups.set(keyOf(each), [each]);
    else group.push(each);
  }
  return groups;
}
