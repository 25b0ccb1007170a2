/** How two lists share entries; the generated code calls these. */
export const sharesAny = (fact: unknown, value: unknown): boolean => {
  const entries = value as readonly unknown[];
  return (fact as readonly unknown[]).some((entry) => entries.includes(entry));
};

export const holdsAll = (fact: unknown, value: unknown): boolean => {
  const entries = fact as readonly unknown[];
  return (value as readonly unknown[]).every((entry) => entries.includes(entry));
};

export const repeats = (fact: unknown): boolean => {
  const entries = fact as readonly unknown[];
  return new Set(entries).size < entries.length;
};
