import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorHandler, type Serving, serve } from '@coppice/serverkit';
import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Control } from '../control/control.ts';
import { translateErrors } from '../endpoints/client-errors.ts';
import { configRoutes } from '../endpoints/config.ts';
import { openAdminToken } from '../guard/admin-token.ts';
import { createGuard } from '../guard/guard.ts';
import { openStorage, type Storage } from '../storage/open-storage.ts';
import { readStorageConfig } from '../storage/port/storage-config.ts';
import { TrafficSplit } from '../traffic/traffic-split.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'coppice-weights-'));
const log = pino({ level: 'silent' });
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
let serving: Serving;
let storage: Storage;
let control: Control;

/** Runs the command as a person would, with its own environment. */
async function weights(args: string[], env: Record<string, string> = {}) {
  const own = { PATH: process.env.PATH ?? '', GATEWAY_PORT: String(serving.port), DATA_DIR: dataDir, ...env };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [main, ...args], { env: own }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

beforeAll(async () => {
  const adminToken = openAdminToken({ dataDir, configured: undefined, publicUrl: 'http://127.0.0.1', log });
  const guard = createGuard({ apiKeys: [], rateLimit: 0, trustProxy: false, corsOrigins: [] }, { adminToken });
  const split = { v1: 50, v2: 50 };
  const versions = Object.keys(split).map((name) => ({
    ...{ name, available: true, ready: true, ejectedUntil: null, reason: null },
  }));
  const traffic = new TrafficSplit({ versions, weights: split, salt: 'iris' });
  storage = await openStorage(readStorageConfig({ DATA_DIR: dataDir }), { log, onWritable: () => {} });
  const environment = { weights: split, shadow: null };
  control = new Control({ model: 'iris', traffic, store: storage.control, environment, auth: guard.auth, log });
  await control.start();
  const app = express();
  app.use(configRoutes({ control, admin: guard.admin }));
  app.use(translateErrors);
  app.use(errorHandler(log));
  serving = await serve(app, { port: 0 });
});

afterAll(async () => {
  await serving.drain(100);
  await control.stop();
  await storage.close();
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
  expect((await control.audit(1))[0]).toMatchObject({ action: 'preset rollback', who: 'admin@127.0.0.1' });
});

it('says in one line what went wrong, and shows no token', async () => {
  const refused = await weights(['v1=1', 'v9=1', '-r', 'x']);
  expect(refused).toEqual({
    ...{ code: 1, out: '' },
    err: 'weights: /weights/v9 of the body names a version that does not exist (v9): v1, v2 exist.\n',
  });
  const stale = await weights(['full', '--revision', '1']);
  expect([stale.code, stale.err]).toEqual([1, expect.stringContaining('Revision 1 is not the current one')]);
  const wrong = await weights(['full'], { ADMIN_TOKEN: 'planted-secret' });
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('This is not the admin token.')]);
  expect(wrong.err).toContain('docker compose exec');
  expect(wrong.err + wrong.out).not.toContain('planted-secret');
  const usage = await weights(['v1=half', '-r', 'x']);
  expect([usage.code, usage.err.split('\n')]).toEqual([2, [expect.stringContaining('v1=half'), '']]);
});

it('says that no gateway answers', async () => {
  const { code, err } = await weights(['--gateway', 'http://127.0.0.1:1']);
  expect([code, err.split('\n')]).toEqual([1, [expect.stringContaining('cannot be reached'), '']]);
});
