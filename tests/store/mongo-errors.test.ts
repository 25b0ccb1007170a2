/** The driver wraps two things in one error: single writes that failed, and a command that was cut off. */
import { MongoBulkWriteError, type WriteError } from 'mongodb';
import { expect, test } from 'vitest';
import { duplicatesOf, unavailable } from '../../src/store/mongo/errors.ts';

const failure = (writeErrors: [index: number, code: number][], code: number): MongoBulkWriteError =>
  new MongoBulkWriteError(
    {
      message: 'a bulk write',
      code,
      writeErrors: writeErrors.map(([index, each]) => ({ index, code: each }) as WriteError),
    },
    { getWriteConcernError: () => undefined } as never,
  );
const told = (error: unknown): Promise<Set<number>> => duplicatesOf(() => Promise.reject(error));

test('duplicates alone are told by their places', async () => {
  expect(
    await told(
      failure(
        [
          [1, 11_000],
          [4, 11_000],
        ],
        11_000,
      ),
    ),
  ).toEqual(new Set([1, 4]));
  expect(await duplicatesOf(() => Promise.resolve())).toEqual(new Set());
});
test.each([
  ['a command that ran out of time, having done some of it', failure([], 50)],
  [
    'duplicates together with another failure',
    failure(
      [
        [0, 11_000],
        [1, 121],
      ],
      11_000,
    ),
  ],
  ['anything else', new Error('socket')],
])('%s is a failure', async (_title, error) => {
  await expect(told(error)).rejects.toBe(error);
});
test('a failure of the driver is the store not answering, without the driver’s words', () => {
  expect(unavailable(failure([], 50))).toMatchObject({
    code: 'CC_STORE_UNAVAILABLE',
    params: { problem: 'MongoBulkWriteError' },
  });
  const fault = new TypeError('ours');
  expect(unavailable(fault)).toBe(fault);
});
