/**
 * The random draw (DESIGN decision 16): an HMAC-SHA-256, under a key of the day, of the declaration's draw subject.
 * Nobody can predict it without the key, whose hash is published before the day; anybody can verify it with the key,
 * which is revealed after it. A new version or a re-lodgement keeps its subject and so its draw.
 */
import { createHmac, hash } from 'node:crypto';

export interface DrawRecord {
  /** Day of the key, `YYYY-MM-DD`. */
  day: string;
  /** SHA-256 of the key: the commitment. */
  commitment: string;
  /** What was drawn for: the registration, or what stands in for it. */
  subject: string;
  /** First 12 hexadecimal digits of the HMAC: 48 bits, a number in [0, 1) when divided by 2^48. */
  digits: string;
  /** The next 12, by which expected rates are filled; absent in checks of before. */
  lot?: string;
}

const length = 12;

export const commitmentOf = (key: Uint8Array): string => hash('sha256', key);

export function draw(key: Uint8Array, day: string, subject: string): DrawRecord {
  const hex = createHmac('sha256', key).update(`${day}\n${subject}`).digest('hex');
  return {
    day,
    commitment: commitmentOf(key),
    subject,
    digits: hex.slice(0, length),
    lot: hex.slice(length, 2 * length),
  };
}

const inUnitInterval = (digits: string): number => Number.parseInt(digits, 16) / 2 ** 48;

export const drawValue = (record: Pick<DrawRecord, 'digits'>): number => inUnitInterval(record.digits);

export const lotValue = ({ lot }: Pick<DrawRecord, 'lot'>): number | undefined =>
  lot === undefined ? undefined : inUnitInterval(lot);

/**
 * The number by which a rule with a selection percentage selects. Of its own for each rule, so that who escapes one is not
 * known to escape another, and from the lot, so that it cannot be predicted and whoever verifies that has verified it.
 */
export const ruleValue = ({ lot }: Pick<DrawRecord, 'lot'>, rule: string): number | undefined =>
  lot === undefined ? undefined : inUnitInterval(hash('sha256', `${lot}\n${rule}`).slice(0, length));

/** True where the revealed key is the one committed to and gives the recorded digits. */
export function verifyDraw(record: DrawRecord, key: Uint8Array): boolean {
  const again = draw(key, record.day, record.subject);
  return (
    commitmentOf(key) === record.commitment &&
    again.digits === record.digits &&
    (record.lot === undefined || again.lot === record.lot)
  );
}
