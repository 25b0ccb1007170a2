/**
 * Where the lines of the log go: to standard output, without waiting for whoever reads it. Node writes to a pipe until the
 * pipe has taken it; a reader that stands still would stand the whole service still, its end included. So lines wait in
 * memory, as many as there is room for, and what is left out is counted and told in its place. A reader that is gone is nobody's loss.
 */
import type { Writable } from 'node:stream';

/** Characters of lines that may wait. */
const mostWaiting = 4 * 2 ** 20;

/** A pipe as libuv has it. */
interface Pipe {
  setBlocking?(blocking: boolean): void;
}

export interface LogLines {
  write(line: string): void;
}

export function openLogLines(to: Writable & { _handle?: Pipe | null }, most = mostWaiting): LogLines {
  // Files and terminals have none, and keep nobody waiting.
  to._handle?.setBlocking?.(false);
  to.on('error', () => {});
  let leftOut = 0;
  return {
    write(line) {
      if (!to.writable) return;
      if (to.writableLength + line.length > most) {
        leftOut += 1;
        return;
      }
      if (leftOut > 0) {
        const told = {
          level: 40,
          time: Date.now(),
          msg: `${leftOut} lines were left out: nobody read the log`,
        };
        to.write(`${JSON.stringify(told)}\n`);
        leftOut = 0;
      }
      to.write(line);
    },
  };
}
