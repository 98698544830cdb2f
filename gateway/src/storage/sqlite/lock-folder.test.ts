import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@coppice/serverkit';
import { crashWriter } from '@coppice/testkit/record/crash';
import { aRow, openForTest } from '@coppice/testkit/record/databases';
import { expect, it, onTestFinished } from 'vitest';

/** Another process that has the folder's record open, once its first rows are printed. */
async function otherProcess(DATA_DIR: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [crashWriter], {
    env: { ...process.env, DATA_DIR, RATE: '100' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

it('a second gateway on a folder is refused with a line that names the first; a killed one leaves nothing behind', async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'coppice-lock-'));
  onTestFinished(() => rmSync(DATA_DIR, { recursive: true }));
  const other = await otherProcess(DATA_DIR);
  const refused = openForTest({ DATA_DIR });
  await expect(refused).rejects.toThrow(ConfigError);
  await expect(refused).rejects.toThrow(
    `(${join(DATA_DIR, 'coppice.db')}) cannot be used: another gateway (process ${other.pid} on ${hostname()}) uses it`,
  );
  const exited = once(other, 'exit');
  other.kill('SIGKILL');
  await exited;
  const { record } = await openForTest({ DATA_DIR });
  const row = aRow();
  record.append(row);
  expect((await record.find(row.id))?.prediction_id).toBe(row.id);
  await record.close();
});
