import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AuditPage, ConfigView } from '@coppice/contract';
import { startTestModels } from '@coppice/testkit/start-test-models';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';

const dataDir = mkdtempSync(join(tmpdir(), 'coppice-weights-'));
const program = fileURLToPath(new URL('../weights.ts', import.meta.url));
let models: Awaited<ReturnType<typeof startTestModels>>;
let gateway: Awaited<ReturnType<(typeof models)['startGateway']>>;

/** Runs the command as a user would, with its own environment. */
async function weights(args: string[], env: Record<string, string> = {}) {
  const port = new URL(gateway.url).port;
  const own = { PATH: process.env.PATH ?? '', GATEWAY_PORT: port, DATA_DIR: dataDir, ...env };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [program, ...args], { env: own }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

beforeAll(async () => {
  models = await startTestModels();
  // without a token in the environment the gateway generates one and stores it in its data folder
  gateway = await models.startGateway({ DATA_DIR: dataDir, ADMIN_TOKEN: '' });
});

afterAll(async () => {
  await gateway.stop();
  await models.stop();
  rmSync(dataDir, { recursive: true });
});

it('shows, changes and shows again, with the token from the data directory', async () => {
  expect(await weights([])).toEqual({
    ...{ code: 0, err: '' },
    out: [
      'iris · equal · revision 1',
      'version  weight   share  state',
      'v1           50  50.0 %  ready',
      'v2           50  50.0 %  ready',
      '',
    ].join('\n'),
  });
  const changed = await weights(['v1=90', 'v2=10', '--reason', 'a canary']);
  expect(changed).toMatchObject({ code: 0, err: '' });
  expect(changed.out).toContain('iris · canary · revision 2\n');
  expect((await weights(['rollback', '--shadow', 'v2'])).out).toContain('iris · rollback · revision 3 · shadow v2\n');
  const token = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim();
  const page = await fetch(`${gateway.url}/audit?limit=1`, { headers: { authorization: `Bearer ${token}` } });
  const { audit } = (await page.json()) as AuditPage;
  expect(audit[0]).toMatchObject({ action: 'preset rollback', who: 'admin@127.0.0.1' });
});

it('says in one line what went wrong, and shows no token', async () => {
  const refused = await weights(['v1=1', 'v9=1', '-r', 'x']);
  expect(refused).toEqual({
    ...{ code: 1, out: '' },
    err: 'weights: /weights/v9 of the body names an unknown version (v9); the versions are v1, v2.\n',
  });
  const stale = await weights(['full', '--revision', '1']);
  expect([stale.code, stale.err]).toEqual([1, expect.stringContaining('Revision 1 is outdated')]);
  const wrong = await weights(['full'], { ADMIN_TOKEN: 'planted-secret' });
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('This is not the admin token.')]);
  expect(wrong.err).toContain('docker compose exec');
  expect(wrong.err + wrong.out).not.toContain('planted-secret');
  const usage = await weights(['v1=half', '-r', 'x']);
  expect([usage.code, usage.err.split('\n')]).toEqual([2, [expect.stringContaining('v1=half'), '']]);
});

it('shows what a server answers without letting it move the cursor or add a line', async () => {
  const { body } = await fetch(`${gateway.url}/config`);
  const view = (await new Response(body).json()) as ConfigView;
  const evil = '\u001b[2J\u009b1A\nv9           99';
  const server = createServer((req, res) => {
    const bad = {
      ...view,
      model: evil,
      versions: view.versions.map((one) => ({ ...one, ready: false, reason: evil })),
    };
    if (req.method === 'PATCH') res.statusCode = 409;
    res.end(JSON.stringify(req.method === 'PATCH' ? { detail: evil } : bad));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const at = ['--gateway', `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
  const shown = '\\x1b[2J\\x9b1A\\nv9           99';
  expect((await weights(at)).out).toContain(`%  not ready: ${shown}\n`);
  expect(await weights(['rollback', ...at])).toEqual({ code: 1, out: '', err: `weights: ${shown}\n` });
});

it('says that no gateway answers', async () => {
  const { code, err } = await weights(['--gateway', 'http://127.0.0.1:1']);
  expect([code, err.split('\n')]).toEqual([1, [expect.stringContaining('cannot be reached'), '']]);
});
