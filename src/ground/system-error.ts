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
