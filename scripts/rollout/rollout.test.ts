import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startTestModels } from '@coppice/testkit/start-test-models';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../rollout.ts', import.meta.url));
let models: Awaited<ReturnType<typeof startTestModels>>;
let gateway: Awaited<ReturnType<(typeof models)['startGateway']>>;

/** Runs the command as a user would, with its own environment. */
async function rollout(line: string, env: Record<string, string> = {}) {
  const own = { PATH: process.env.PATH ?? '', GATEWAY_URL: gateway.url, ADMIN_TOKEN: 'test-admin-token', ...env };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [program, ...line.split(' ')], { env: own }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

const running = (words: string) => eventually(async () => (await rollout('status')).out.includes(`Running: ${words}`));

beforeAll(async () => {
  models = await startTestModels();
  gateway = await models.startGateway({ MODEL_V1_WEIGHT: '100', MODEL_V2_WEIGHT: '0', ROLLOUT_LOOK_SECONDS: '0.2' });
});
afterAll(async () => {
  await gateway.stop();
  await models.stop();
});

it('starts, waits, and says by its exit status how the rollout ended', async () => {
  expect(await rollout('status')).toMatchObject({
    code: 0,
    out: expect.stringContaining('No rollout was ever started'),
  });

  const paused = rollout('start v2 --wait -r go --steps 5,50');
  await running('v2 has 5 % of the traffic');
  expect(await rollout('pause -r night')).toMatchObject({ code: 0 });
  expect(await paused).toMatchObject({
    code: 2,
    out: expect.stringMatching(/running at 5 %.*: go\n.*paused at 5 %/),
  });

  const aborted = rollout('resume --wait -r day');
  await running('v2 has');
  expect((await rollout('promote -r sure')).out).toContain('v2 has 50 % of the traffic');
  expect(await rollout('abort -r no')).toMatchObject({ code: 0 });
  expect(await aborted).toMatchObject({ code: 1, out: expect.stringContaining('rolled back at 0 %') });

  const done = rollout('start v2 --wait -r again');
  await running('v2 has');
  expect(await rollout('promote -r all --step 100 --version v2')).toMatchObject({ code: 0 });
  expect(await done).toMatchObject({ code: 0, out: expect.stringContaining('done at 100 %') });
});

it('says in one line what went wrong', async () => {
  expect(await rollout('start v1 -r x')).toMatchObject({ code: 0 });
  expect(await rollout('start v1 -r x')).toEqual({
    ...{ code: 3, out: '' },
    err: 'rollout: A rollout of v1 is running. Promote it to 100 % or abort it before another one starts.\n',
  });
  expect(await rollout('abort -r x', { ADMIN_TOKEN: 'wrong' })).toMatchObject({
    ...{ code: 3, err: expect.stringMatching(/^rollout: This is not the admin token\. .*\n$/) },
  });
  expect(await rollout('status', { GATEWAY_URL: 'http://127.0.0.1:9' })).toMatchObject({
    ...{
      code: 3,
      err: expect.stringMatching(/^rollout: the gateway at http:\/\/127\.0\.0\.1:9 cannot be reached: .*\n$/),
    },
  });
  expect(await rollout('begin')).toMatchObject({ code: 4, err: expect.stringContaining('begin is not allowed') });
});
