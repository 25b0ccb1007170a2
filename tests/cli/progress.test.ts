/** What `rules backtest` shows of its progress, on a terminal and in a log. */
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { durationText, progressText, progressView } from '../../src/cli/progress.ts';

class Stream extends Writable {
  text = '';
  readonly isTTY: boolean;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

describe('the text of the progress', () => {
  it.each([
    [0, 1000, 0, '0% | 0 declarations | time left not known'],
    [250, 1000, 20_000, '25% | 250 declarations | 1m00s left'],
    [999, 1000, 999_000, '99% | 999 declarations | 1s left'],
    [1000, 1000, 20_000, '100% | 1000 declarations | 0s left'],
    // A file may grow while it is read, and an empty one has nothing left.
    [1500, 1000, 20_000, '100% | 1500 declarations | 0s left'],
    [0, 0, 5, '100% | 0 declarations | 0s left'],
  ])('%d of %d after %d ms', (done, total, elapsed, text) => {
    expect(progressText({ done, total, declarations: done }, elapsed)).toBe(text);
  });

  it.each([
    [0.4, '0s'],
    [59.6, '1m00s'],
    [3599, '59m59s'],
    [3_720, '1h02m'],
    [90_000, '25h00m'],
  ])('%d seconds', (seconds, text) => expect(durationText(seconds)).toBe(text));
});

describe('the view', () => {
  const at = (done: number) => ({ done, total: 100, declarations: done * 7 });

  it('is a line every ten seconds in a log, and nothing for a short run', () => {
    const stream = new Stream(false);
    let now = 0;
    const view = progressView(stream, () => now);
    for (; now < 25_000; now += 1_000) view.show(at(now / 1000));
    view.stop();
    expect(stream.text).toBe('10% | 70 declarations | 1m30s left\n20% | 140 declarations | 1m20s left\n');
    const short = new Stream(false);
    const quick = progressView(short);
    quick.show(at(50));
    quick.show(at(100));
    quick.stop();
    expect(short.text).toBe('');
  });

  it('is one line with the time left on a terminal, gone at the end', () => {
    const stream = new Stream(true);
    let now = 0;
    const view = progressView(stream, () => now);
    now = 30_000;
    view.show(at(50));
    expect(stream.text).toContain('50% | 350 declarations | 30s left');
    view.stop();
    expect(stream.text).not.toContain('\n');
    // ANSI: the line is wiped, from the cursor on.
    expect(stream.text.slice(stream.text.lastIndexOf('left'))).toContain('\u001b[0K');
  });

  it('of a run that never began stops without a word', () => {
    const stream = new Stream(true);
    progressView(stream).stop();
    expect(stream.text).not.toContain('%');
  });
});
