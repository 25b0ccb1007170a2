/**
 * The random draw (DESIGN decision 16): an HMAC-SHA-256, under a key of the day, of the declaration's draw subject.
 * Nobody can predict it without the key, whose hash is published before the day; anybody can verify it with the key,
 * which is revealed after it. A new version or a re-lodgement keeps its subject and so its draw.
 */
import { createHash, createHmac } from 'node:crypto';

export interface DrawRecord {
  /** Day of the key, `YYYY-MM-DD`. */
  day: string;
  /** SHA-256 of the key: the commitment. */
  commitment: string;
  /** What was drawn for: the registration, or what stands in for it. */
  subject: string;
  /** First 12 hexadecimal digits of the HMAC: 48 bits, a number in [0, 1) when divided by 2^48. */
  digits: string;
}

export const commitmentOf = (key: Uint8Array): string => createHash('sha256').update(key).digest('hex');

export function draw(key: Uint8Array, day: string, subject: string): DrawRecord {
  const digits = createHmac('sha256', key).update(`${day}\n${subject}`).digest('hex').slice(0, 12);
  return { day, commitment: commitmentOf(key), subject, digits };
}

export const drawValue = (record: Pick<DrawRecord, 'digits'>): number =>
  Number.parseInt(record.digits, 16) / 2 ** 48;

/** True where the revealed key is the one committed to and gives the recorded digits. */
export const verifyDraw = (record: DrawRecord, key: Uint8Array): boolean =>
  commitmentOf(key) === record.commitment && draw(key, record.day, record.subject).digits === record.digits;
