/** How far a long command is, on standard error: a bar with the time left on a terminal, a line now and then in a log. */
import { SingleBar } from 'cli-progress';
import type { Progress } from '../backtest/run.ts';

export type Shown = Pick<Progress, 'done' | 'total' | 'declarations'>;

export interface ProgressView {
  show(progress: Shown): void;
  stop(): void;
}

/** Short runs leave a log clean, and long ones don't fill it. */
const lineEvery = 10_000;

const two = (value: number): string => String(value).padStart(2, '0');

/** `1h02m`, `1m10s` or `9s`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole >= 3600) return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
  return whole >= 60 ? `${Math.floor(whole / 60)}m${two(whole % 60)}s` : `${whole}s`;
}

/** @param elapsed milliseconds since the beginning; what is left is taken to go as fast as what is done */
export function progressText({ done, total, declarations }: Shown, elapsed: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const left = share > 0 ? `${durationText((elapsed / 1000) * (1 / share - 1))} left` : 'time left not known';
  return `${Math.floor(share * 100)}% | ${declarations} declarations | ${left}`;
}

export function progressView(
  stream: NodeJS.WritableStream & { isTTY?: boolean },
  now: () => number = Date.now,
): ProgressView {
  const began = now();
  if (stream.isTTY !== true) {
    let written = began;
    return {
      show(progress) {
        if (now() - written < lineEvery) return;
        written = now();
        stream.write(`${progressText(progress, written - began)}\n`);
      },
      stop() {},
    };
  }
  const bar = new SingleBar({ format: '{bar} {text}', stream, clearOnComplete: true });
  let started = false;
  return {
    show(progress) {
      const text = progressText(progress, now() - began);
      if (!started) bar.start(progress.total, progress.done, { text });
      started = true;
      bar.update(progress.done, { text });
    },
    stop: () => bar.stop(),
  };
}
