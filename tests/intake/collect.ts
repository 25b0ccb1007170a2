import { type Input, read } from '../../src/intake/read.ts';
import type { IntakeRecord, ReadOptions } from '../../src/intake/record.ts';

/** All records of an input. */
export async function collect(input: Input, options?: ReadOptions): Promise<IntakeRecord[]> {
  const records: IntakeRecord[] = [];
  for await (const record of read(input, options)) records.push(record);
  return records;
}

/** The input in pieces of `size` bytes, as a network or a file would give it. */
export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
