/** What the system lets this process have, as the shell that started it or its unit has set it. */
import { readFileSync } from 'node:fs';

/** Undefined where there is no limit, or the system does not say. */
export function softLimit(name: 'open files' | 'address space' | 'data size'): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const [, soft] = new RegExp(`^Max ${name}\\s+(\\d+)`, 'm').exec(limits) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
