/** The command line in this process: what it prints and its exit code. */
import { vi } from 'vitest';
import { run } from '../../src/cli/main.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

export async function crosscheck(...argv: string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text;
    return true;
  });
  process.exitCode = undefined;
  try {
    return { code: await run(argv), out, err };
  } finally {
    process.exitCode = undefined;
    stdout.mockRestore();
    stderr.mockRestore();
  }
}
