/** What the driver throws, as the port's errors. Messages of the driver may quote data and addresses: they stay in the cause. */
import { MongoBulkWriteError, MongoError, MongoServerError } from 'mongodb';
import { CrosscheckError } from '../../errors.ts';

export const duplicateKey = 11_000;

export function unavailable(thrown: unknown): unknown {
  if (thrown instanceof CrosscheckError || !(thrown instanceof MongoError)) return thrown;
  const problem =
    thrown instanceof MongoServerError && thrown.codeName !== undefined ? thrown.codeName : thrown.name;
  return new CrosscheckError('CC_STORE_UNAVAILABLE', { problem }, {}, thrown);
}

export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw unavailable(thrown);
  }
}

/** Positions of an unordered write that failed as duplicates; any other failure is thrown. */
export async function duplicatesOf(write: () => Promise<unknown>): Promise<Set<number>> {
  try {
    await write();
    return new Set();
  } catch (thrown) {
    if (!(thrown instanceof MongoBulkWriteError) || thrown.result.getWriteConcernError() !== undefined)
      throw thrown;
    const errors = Array.isArray(thrown.writeErrors) ? thrown.writeErrors : [thrown.writeErrors];
    // A command that was cut off (out of time, say) says nothing of its single writes, and did only some of them.
    if (errors.length === 0 || errors.some((error) => error.code !== duplicateKey)) throw thrown;
    return new Set(errors.map((error) => error.index));
  }
}
