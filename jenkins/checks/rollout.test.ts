import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startTestModels } from '@coppice/testkit/start-test-models';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';

const program = fileURLToPath(new URL('rollout.ts', import.meta.url));
let models: Awaited<ReturnType<typeof startTestModels>>;
let gateway: Awaited<ReturnType<(typeof models)['startGateway']>>;

beforeAll(async () => {
  models = await startTestModels();
  gateway = await models.startGateway({ MODEL_V1_WEIGHT: '100', MODEL_V2_WEIGHT: '0' });
});
afterAll(async () => {
  await gateway.stop();
  await models.stop();
});

function check(version: string) {
  const env = {
    ...{ PATH: process.env.PATH ?? '', GATEWAY_URL: gateway.url, ADMIN_TOKEN: 'test-admin-token' },
    ...{ ROLLOUT: version, ROLLOUT_REASON: 'deploy of 1.2.3', EVERY_MS: '50' },
  };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [program], { env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

async function command(name: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer test-admin-token' };
  await eventually(async () => {
    const request = { method: 'POST', headers, body: JSON.stringify({ reason: 'by hand', ...body }) };
    return (await fetch(`${gateway.url}/rollout/${name}`, request)).ok;
  });
}

it('passes when the rollout is done, and prints its changes', async () => {
  const done = check('v2');
  await command('promote', { step: 100, version: 'v2' });
  expect(await done).toMatchObject({ code: 0, err: '' });
  expect((await done).out).toMatch(/running at 1 %: deploy of 1\.2\.3\n.*done at 100 %: by hand\n$/);
});

it('fails with the reason when it is rolled back or pauses, or cannot start', async () => {
  const aborted = check('v1');
  await command('abort', {});
  expect(await aborted).toMatchObject({ code: 1, err: 'Rolled back: v1 has no traffic: by hand.\n' });
  const paused = check('v1');
  await command('pause', {});
  expect(await paused).toMatchObject({ code: 1, err: 'Paused at 1 %: by hand.\n' });
  expect(await check('v1')).toMatchObject({ code: 1, err: expect.stringContaining('A rollout of v1 is paused.') });
});
