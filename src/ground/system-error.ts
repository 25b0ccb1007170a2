/** What the system refuses, in words: its own message is a code, two words and a call. */

const words: Readonly<Record<string, string>> = {
  EACCES: 'the account of this process has no permission for it',
  EPERM: 'the account of this process has no permission for it',
  EROFS: 'what it lies on can only be read',
  EISDIR: 'it is a folder, no file',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EIO: 'the disk does not take or give it',
};

/** Undefined for what is no such refusal. */
export const refusalIn = (thrown: unknown): string | undefined =>
  words[String((thrown as NodeJS.ErrnoException | undefined)?.code)];

/** Names that lead nowhere are no refusal of the system's. */
const absent: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'what should be a folder on its path is a file',
};

/** Why a file is not opened, in words; the system's own where there are none. */
export const whyUnreadable = (thrown: unknown): string => {
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  return absent[code] ?? refusalIn(thrown) ?? message;
};
