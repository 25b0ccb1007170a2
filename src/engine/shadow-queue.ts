/**
 * Which live checks are verified, and when: a share of them, drawn by the check's id, within a budget of one core's time.
 * What does not fit is dropped and counted, never waited for. Pure: the caller says what time it is.
 */
export interface ShadowSettings {
  /** Share of the checks, 0 to 1. */
  share: number;
  /** Share of one core's time that verification may take, 0 to 1. */
  budget: number;
  /** Checks that may wait. */
  capacity: number;
}

export interface ShadowCounts {
  offered: number;
  /** Drawn, but no room to wait. */
  dropped: number;
  verified: number;
  disagreed: number;
  /** The library itself failed. */
  failed: number;
}

export type Offered = 'queued' | 'not drawn' | 'dropped';

// Unspent budget adds up to so many milliseconds, so that a quiet hour does not pay for a busy minute.
const burst = 1000;

/** FNV-1a, mixed once more: the same id is always drawn or never, so a disagreement can be looked at again. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  // Ids that count up differ in their last bits alone; this spreads the difference.
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

export class ShadowQueue<Job> {
  readonly counts: ShadowCounts = { offered: 0, dropped: 0, verified: 0, disagreed: 0, failed: 0 };
  private readonly settings: ShadowSettings;
  private readonly waiting: Job[] = [];
  private underway = false;
  private credit = burst;
  private since: number;

  constructor(settings: ShadowSettings, now: number) {
    this.settings = settings;
    this.since = now;
  }

  offer(id: string, job: Job): Offered {
    this.counts.offered++;
    if (hash(id) >= this.settings.share * 2 ** 32) return 'not drawn';
    if (this.waiting.length >= this.settings.capacity) {
      this.counts.dropped++;
      return 'dropped';
    }
    this.waiting.push(job);
    return 'queued';
  }

  /** The next job, or in how many milliseconds to ask again; undefined where nothing waits or one is under way. */
  next(now: number): { job: Job } | { wait: number } | undefined {
    if (this.underway || this.waiting.length === 0) return undefined;
    this.earn(now);
    const { budget } = this.settings;
    if (this.credit <= 0) return budget > 0 ? { wait: Math.ceil(-this.credit / budget) + 1 } : undefined;
    this.underway = true;
    return { job: this.waiting.shift()! };
  }

  /** A job ended after so many milliseconds of a core's time. */
  finished(now: number, milliseconds: number): void {
    this.earn(now);
    this.credit -= milliseconds;
    this.underway = false;
  }

  private earn(now: number): void {
    this.credit = Math.min(burst, this.credit + Math.max(0, now - this.since) * this.settings.budget);
    this.since = now;
  }
}
