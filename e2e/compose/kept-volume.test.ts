import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restoreKeptVolume } from '@coppice/testkit/record/kept-volume';
import { expect, it, onTestFinished } from 'vitest';
import { ComposeStack } from './compose-stack.ts';

it('docker compose up takes over the volume of an earlier Coppice, and loses no row', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-kept-'));
  const stack = await ComposeStack.create('kept', { RECORD_MAX_DAYS: '36500' });
  onTestFinished(async () => {
    await stack.down();
    rmSync(folder, { recursive: true, force: true });
  });
  await restoreKeptVolume({ DATA_DIR: folder }, 100_000);
  // the container's user copies it
  chmodSync(folder, 0o755);
  chmodSync(join(folder, 'coppice.db'), 0o644);
  await stack.compose(['build', 'gateway']);
  const copy = ['--entrypoint', 'cp', 'gateway', '/kept/coppice.db', '/data/coppice.db'];
  await stack.compose(['run', '--rm', '--no-deps', '--volume', `${folder}:/kept:ro`, ...copy]);
  await stack.up();
  const csv = await (await fetch(`${stack.gatewayUrl}/predictions?format=csv`)).text();
  // a line of names, and the end
  expect(csv.split('\r\n')).toHaveLength(100_000 + 2);

  // a second gateway, in a container with process ids of its own
  const second = stack.compose(['run', '--rm', '--no-deps', 'gateway']);
  await expect(second).rejects.toThrow(/another gateway \(process \d+ on \w+\) uses it/);
});
