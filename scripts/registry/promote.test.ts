import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ReleaseFleet, startReleaseFleet } from '@coppice/testkit/release-fleet';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterAll, beforeAll, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../registry.ts', import.meta.url));
let fleet: ReleaseFleet;
let gateway: TestGateway;

beforeAll(async () => {
  fleet = await startReleaseFleet();
  gateway = await startGateway({ models: fleet.models, env: { REGISTRY_URL: fleet.folder } });
});
afterAll(async () => {
  await gateway.stop();
  await fleet.stop();
});

/** Runs the command as a user would, with its own environment. */
async function registry(line: string, env: Record<string, string> = {}) {
  const own = { PATH: process.env.PATH ?? '', GATEWAY_URL: gateway.url, ADMIN_TOKEN: 'test-admin-token', ...env };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [program, ...line.split(' ')], { env: own }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

it('promotes through the gateway, takes it back, and says by its exit status why not', async () => {
  expect(await registry('promote 2 -r good')).toEqual({
    ...{ code: 3, out: '', err: 'registry: Release 2 is not promoted: release 2 is not approved.\n' },
  });
  expect(await registry('promote 2 -r good --approve --revision 1')).toEqual({
    ...{ code: 0, out: 'iris: champion 2, challenger 2 · v1 serves 2, v2 serves 2\n', err: '' },
  });
  expect(await registry('rollback')).toMatchObject({
    ...{ code: 0, out: 'iris: champion 1, challenger 2 · v1 serves 1, v2 serves 2\n' },
  });
  expect(await registry('rollback')).toMatchObject({
    ...{ code: 3, err: 'registry: There is no earlier champion to go back to.\n' },
  });
  expect(await registry('rollback', { ADMIN_TOKEN: 'another-admin-token' })).toMatchObject({
    ...{ code: 1, err: expect.stringContaining('npm run registry -- …') },
  });
  expect(await registry('promote 2 -r x --gateway http://127.0.0.1:9')).toMatchObject({
    ...{ code: 1, err: expect.stringContaining('cannot be reached') },
  });
}, 60_000);
