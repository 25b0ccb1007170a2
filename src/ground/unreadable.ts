/** What the system says of a file that it does not open, in words; its own text where there are none. */
const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'what should be a folder on its path is a file',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: 'it is a folder',
};

export function whyUnreadable(thrown: unknown): string {
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  return words[code] ?? message;
}
