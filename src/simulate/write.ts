/** A simulation as files: NDJSON for what a clearance system hands over, truth.json for what was planted in it. */
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { folderToWrite } from '../ground/folder.ts';
import type { Simulation } from './administration.ts';
import { referenceRecords } from './reference.ts';

export interface Written {
  /** Declarations, not counting their later versions. */
  declarations: number;
  /** Records, one a version. */
  records: number;
  bytes: number;
  /** Paths of what was written. */
  files: string[];
  seconds: number;
}

/** Lines are joined into pieces of this many characters, so that the stream is not called for each of them. */
const piece = 1 << 18;

export async function writeSimulation(
  simulation: Simulation,
  folder: string,
  options: { gzip?: boolean; onDeclaration?: (count: number) => void } = {},
): Promise<Written> {
  const began = performance.now();
  folderToWrite(folder);
  const written: Written = { declarations: 0, records: 0, bytes: 0, files: [], seconds: 0 };

  async function* lines(): AsyncGenerator<string> {
    let text = '';
    for await (const record of simulation.records()) {
      written.records++;
      if (record.declaration.version === 1) {
        written.declarations++;
        options.onDeclaration?.(written.declarations);
      }
      text += `${JSON.stringify(record)}\n`;
      if (text.length >= piece) {
        yield text;
        text = '';
      }
    }
    yield text;
  }

  const target = join(folder, options.gzip === true ? 'declarations.ndjson.gz' : 'declarations.ndjson');
  const out = createWriteStream(target);
  const source = Readable.from(lines(), { objectMode: true, highWaterMark: 2 });
  // Level 1: five times the speed of the default at a tenth more size.
  if (options.gzip === true) {
    await pipeline(source, createGzip({ level: constants.Z_BEST_SPEED }), out);
  } else {
    await pipeline(source, out);
  }
  written.bytes = out.bytesWritten;
  written.files.push(target);

  for (const [kind, records] of Object.entries(referenceRecords)) {
    const path = join(folder, `${kind}.ndjson`);
    const text = Array.from(records(simulation), (record) => `${JSON.stringify(record)}\n`).join('');
    await writeFile(path, text);
    written.files.push(path);
  }
  const truth = join(folder, 'truth.json');
  const { misconduct, ...asked } = simulation.options;
  await writeFile(
    truth,
    `${JSON.stringify({ options: asked, orders: misconduct, patterns: simulation.truth() }, null, 2)}\n`,
  );
  written.files.push(truth);
  written.seconds = (performance.now() - began) / 1000;
  return written;
}
