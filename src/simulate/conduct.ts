/** How the people on a case lawfully act: who is assigned, how long it takes him, what he sees and writes. Misconduct changes it afterwards. */
import { eligibleFor, firstEligible, rules, type Workload } from './assignment.ts';
import type { Case, Conduct } from './case.ts';
import { day, minute } from './clock.ts';
import { letPass } from './exceptions.ts';
import { afterWork, dutyOn, type Officer } from './officers.ts';
import type { Random } from './random.ts';
import { selectLane } from './selection.ts';

/** Minutes of duty, medians: 150 to a look at documents, 360 to an examination. */
export function conductOf(
  c: Case,
  staff: { here: readonly Officer[]; chiefs: readonly Officer[] },
  workload: Workload,
): void {
  const { random, office } = c;
  const selected = selectLane(c, random);
  const [assignedAt, eligible] = firstEligible(c, staff.here, c.registeredAt + 3 * minute);
  const controlled = selected.lane === 'red' || selected.lane === 'yellow';
  const byChief = office.assignment === 'chief' && office.kind !== 'post';
  const suspicious = c.irregularity === undefined ? 0.008 : 0.05;
  const draws = Array.from({ length: 8 }, () => random.uniform());
  const up = !controlled && draws[0]! < suspicious && c.flow === 'import';
  const assigned = (controlled || up) && eligible.length > 0;
  const examiner = assigned ? rules[office.assignment](eligible, c, random, workload, assignedAt) : undefined;
  const chief = staff.chiefs.find((each) => dutyOn(each, Math.floor(assignedAt / day)) !== undefined);
  const red = selected.lane === 'red' || up;
  const conduct: Conduct = {
    ...selected,
    eligible: assigned ? eligible : [],
    assignedAt,
    ...(examiner === undefined ? {} : { examiner }),
    ...(byChief && assigned && chief !== undefined ? { assigner: chief } : {}),
    delay: random.lognormal(red ? 360 : 150, 0.9),
    act: random.lognormal(red ? 75 : 18, 0.4) * (examiner?.pace ?? 1),
    attention: 1,
    queries: controlled && draws[1]! < (red ? 0.08 : 0.15),
    pays: draws[2]! >= 0.008,
    conformText: '',
  };
  conduct.conformText = conformText(c, red, random);
  if (up && examiner !== undefined) {
    conduct.reroute = {
      to: 'red',
      kind: 'up',
      by: examiner,
      reason: 'weight and packing do not go together',
    };
  } else if (selected.lane === 'yellow' && draws[3]! < 0.02 && examiner !== undefined) {
    conduct.reroute = {
      to: 'green',
      kind: 'discretionary-down',
      by: examiner,
      reason: 'same goods examined last week, conform',
    };
  }
  if (!controlled && !up && draws[4]! < 0.012) {
    conduct.cancels = draws[5]! < 0.6 ? 'before-lane' : 'after-assessment';
  }
  c.conduct = conduct;
  letPass(c, chief);
  if (examiner !== undefined && conduct.reroute === undefined && chief !== undefined)
    reassignAbsent(c, staff.here, chief);
}

/** Who goes on leave before he gets to it has the declaration taken over: the chief's choice, and a good reason. */
function reassignAbsent(c: Case, here: readonly Officer[], chief: Officer): void {
  const { conduct, random } = c;
  const examiner = conduct.examiner!;
  const begins = afterWork(examiner, conduct.assignedAt, conduct.delay * minute);
  if (begins - conduct.assignedAt < 7 * day) return;
  const at = afterWork(chief, conduct.assignedAt + day, 30 * minute);
  const others = eligibleFor(c, here, at).filter((officer) => officer !== examiner);
  if (others.length === 0) return;
  conduct.reassigned = {
    from: examiner,
    at,
    reason: `${examiner.id} is absent`,
    engine: conduct.assigner === undefined,
  };
  conduct.assigner = chief;
  conduct.examiner = random.pick(others);
}

const words = [
  'goods',
  'marks',
  'quantity',
  'packing',
  'weight',
  'documents',
  'seals',
  'labels',
  'origin marks',
];

/** What officers write when all is well: never quite the same twice. */
function conformText(c: Case, red: boolean, random: Random): string {
  const seen = random.sample(words, random.integer(2, 4)).join(', ');
  const share = random.integer(5, 40);
  return red
    ? `${share} of ${c.declared.reduce((sum, goods) => sum + goods.packages, 0)} packages opened, ${seen} conform`
    : `${seen} checked against ${c.shipment.invoice.reference}, conform`;
}
