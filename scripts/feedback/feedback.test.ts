import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startOipServer } from '@coppice/testkit/oip-server';
import { startGateway } from '@coppice/testkit/start-gateway';
import { expect, it, onTestFinished } from 'vitest';

const program = new URL('../feedback.ts', import.meta.url).pathname;

/** Runs the program where the file is. */
async function run(folder: string, ...args: string[]) {
  const env = { ...process.env, INIT_CWD: folder, GATEWAY_URL: '' };
  const done = await promisify(execFile)(process.execPath, [program, ...args], { env }).catch((failed) => failed);
  return { status: done.code ?? 0, stdout: done.stdout as string, stderr: done.stderr as string };
}

it('the program says by its status what became of the rows', async () => {
  const version = await startOipServer();
  const gateway = await startGateway({ models: [version.url] });
  const folder = mkdtempSync(join(tmpdir(), 'coppice-labels-'));
  onTestFinished(async () => {
    await gateway.stop();
    await version.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await gateway.predict(1, {}, { reference: 'a' });
  writeFileSync(join(folder, 'all.csv'), 'order,class\na,class_1\n');
  writeFileSync(join(folder, 'some.csv'), 'order,class\na,class_1\nb,class_1\n');
  const columns = ['--reference', 'order', '--actual', 'class'];
  const to = ['--gateway', gateway.url];

  expect(await run(folder, '--data', 'all.csv', ...columns, ...to)).toEqual({
    ...{ status: 0, stderr: '', stdout: '1 rows: 1 matched (1 new, 0 changed, 0 same), 0 unmatched\n' },
  });
  const some = await run(folder, '--data', 'some.csv', ...columns, ...to);
  expect(some).toMatchObject({ status: 3, stderr: '' });
  expect(some.stdout).toContain('1 matched (0 new, 0 changed, 1 same), 1 unmatched: line and reason of each in');
  expect(some.stdout).toContain('some.unmatched.csv');
  const missing = await run(folder, '--data', 'none.csv', ...columns, ...to);
  expect(missing).toMatchObject({ status: 2, stderr: expect.stringContaining('ENOENT') });
  expect(await run(folder, '--data', 'all.csv')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--help'),
  });
  expect(await run(folder, '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--unmatched FILE') });
  const nobody = gateway.url.replace(/\d+$/, '1');
  expect(await run(folder, '--data', 'all.csv', ...columns, '--gateway', nobody)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('cannot be reached'),
  });
});
