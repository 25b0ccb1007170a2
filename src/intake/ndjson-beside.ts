/**
 * NDJSON that comes faster than one thread reads it: another one (./beside.ts) holds lines against the model and works out who
 * they are, some pieces ahead of what is taken. Here they are only parsed, since a value costs more to hand over between threads
 * than to parse once more. A line of which that thread says nothing is read as by ./json.ts.
 */
import { CrosscheckError } from '../errors.ts';
import { utf8Text } from './input.ts';
import { type JsonReading, readCut } from './json.ts';
import { type Cut, cutLinesTogether } from './json-records.ts';
import type { Identities, Identity, IntakeRecord } from './record.ts';

/** Pieces of a stream that are asked about before they are taken; a socket gives 64 KiB at a time. */
const piecesAhead = 8;
/** Fewer lines than these in a piece are read sooner here: their sender waits, and this thread too. */
const fewest = 4;

interface Asked {
  cuts: readonly Cut[];
  /** Of each cut, empty where nobody is asked. */
  texts: readonly string[];
  identities: Promise<readonly (Identity | undefined)[]>;
}

export async function* readNdjsonBeside(
  bytes: AsyncIterable<Uint8Array>,
  reading: JsonReading,
  identities: Identities,
): AsyncGenerator<IntakeRecord> {
  const { limits, country } = reading;
  const pieces = cutLinesTogether(bytes, limits);
  const ask = async (): Promise<Asked | undefined> => {
    const { value: cuts, done } = await pieces.next();
    if (done === true) return undefined;
    if (cuts.length < fewest) return { cuts, texts: [], identities: Promise.resolve([]) };
    const texts = cuts.map(textOf);
    return { cuts, texts, identities: identities({ texts, limits, country }) };
  };
  const ahead: Promise<Asked | undefined>[] = [];
  let ordinal = 0;
  try {
    for (;;) {
      while (ahead.length < piecesAhead) {
        const asked = ask();
        // Its turn to be awaited comes later; until then it must not count as unhandled.
        asked.catch(() => {});
        ahead.push(asked);
      }
      const asked = await ahead.shift()!;
      if (asked === undefined) return;
      const known = await asked.identities;
      for (const [index, cut] of asked.cuts.entries()) {
        ordinal += 1;
        const identity = known[index];
        yield readCut(
          cut,
          ordinal,
          reading,
          identity === undefined ? undefined : { text: asked.texts[index]!, identity },
        );
      }
    }
  } finally {
    // Not awaited: it may wait for a sender who says nothing more.
    void pieces.return(undefined).catch(() => undefined);
  }
}

/** Empty where there is none: what is wrong with it is told where it is read. */
function textOf(cut: Cut): string {
  if (cut instanceof CrosscheckError) return '';
  try {
    return utf8Text(cut.bytes, cut.line);
  } catch {
    return '';
  }
}
