/** Whether this process may generate code: `node --disallow-code-generation-from-strings` and strict policies forbid it. */
let known: boolean | undefined;

export function mayGenerate(): boolean {
  if (known === undefined) {
    try {
      known = new Function('return true')() === true;
    } catch {
      known = false;
    }
  }
  return known;
}
