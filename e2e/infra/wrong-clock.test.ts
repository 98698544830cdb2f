import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { ensureLibfaketime } from '@coppice/testkit/programs/ensure-libfaketime';
import { freePort } from '@coppice/testkit/programs/free-port';
import { root } from '@coppice/testkit/programs/run-command';
import { aRow, openForTest } from '@coppice/testkit/record/databases';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROWS = 4000;
let library: string;
let model: OipServer;
let folder: string;
let running: ChildProcess | null = null;

beforeAll(async () => {
  library = ensureLibfaketime();
  model = await startOipServer();
  folder = mkdtempSync(join(tmpdir(), 'coppice-faketime-'));
});
afterAll(async () => {
  running?.kill('SIGKILL');
  await model.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A gateway whose clock is off: makes one prediction, and answers the warnings of `/ready` and the rows of the record. */
async function visit(faketime: string): Promise<{ warnings: string[]; rows: number }> {
  const port = await freePort();
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: join(root, 'gateway'),
    env: {
      ...{ PATH: process.env.PATH, DATA_DIR: folder, GATEWAY_PORT: String(port), BIND_ADDRESS: '127.0.0.1' },
      ...{ MODEL_V1_URL: model.url, MODEL_V2_URL: 'none', LOG_LEVEL: 'warn' },
      ...{ LD_PRELOAD: library, FAKETIME: faketime, FAKETIME_DONT_FAKE_MONOTONIC: '1' },
    },
    stdio: 'inherit',
  });
  running = child;
  const url = `http://127.0.0.1:${port}`;
  await until(async () => expect((await fetch(`${url}/ready`)).status).toBe(200));
  const body = JSON.stringify({ features: [1, 0] });
  const answer = await fetch(`${url}/predict`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  const { prediction_id: id } = (await answer.json()) as { prediction_id: string };
  await until(async () => expect((await fetch(`${url}/predictions/${id}`)).status).toBe(200));
  const { warnings } = (await (await fetch(`${url}/ready`)).json()) as { warnings: string[] };
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  running = null;
  const { record } = await openForTest({ DATA_DIR: folder });
  let rows = 0;
  for await (const lines of record.exportAs('ndjson', {})) rows += lines.split('\n').length - 1;
  await record.close();
  return { warnings, rows };
}

it('a clock that is ahead, behind or right again loses no prediction, and /ready says so', async () => {
  const { record } = await openForTest({ DATA_DIR: folder });
  for (let i = 0; i < ROWS; i++) record.append(aRow());
  await record.close();
  expect(await visit('+40d')).toEqual({ warnings: [expect.stringContaining('40.0 days ahead')], rows: ROWS + 1 });
  expect(await visit('+40d')).toEqual({ warnings: [expect.stringContaining('40.0 days ahead')], rows: ROWS + 2 });
  expect(await visit('-365d')).toEqual({ warnings: [expect.stringContaining('365.0 days behind')], rows: ROWS + 3 });
  expect(await visit('+0d')).toEqual({ warnings: [], rows: ROWS + 4 });
});
