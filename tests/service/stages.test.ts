/** What /metrics tells of the stages of a check. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stageNames } from '../../src/check/stages.ts';
import { declaration, type Harness, post, startService } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startService();
});
afterAll(() => harness.close());

it('each stage of a check is timed, once for each check that comes alone', async () => {
  const counted = async () => {
    const { body } = await harness.app.inject('/metrics');
    return stageNames.map((stage) =>
      Number(
        new RegExp(`^crosscheck_check_stage_seconds_count\\{stage="${stage}"\\} (\\d+)`, 'm').exec(
          body,
        )?.[1] ?? 0,
      ),
    );
  };
  expect(await counted()).toEqual(stageNames.map(() => 0));
  await post(harness, '/v1/checks', declaration());
  await post(harness, '/v1/checks', declaration());
  expect(await counted()).toEqual(stageNames.map(() => 2));
});
