import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { irisFile } from '@coppice/testkit/iris';
import { attempt, root } from '@coppice/testkit/programs/run-command';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stack, startStack } from './stack/stack.ts';

let folder: string;
let registry: string;
let stack: Stack;

/** A program of the checkout, with what it printed. */
async function program(file: string, ...args: string[]): Promise<string> {
  const { status, output } = await attempt(process.execPath, [join(root, file), ...args]);
  if (status !== 0) throw new Error(output);
  return output;
}
const train = (...args: string[]) =>
  program('trainer/src/main.ts', '--data', irisFile.pathname, '--name', 'iris', '--out', folder, ...args);

/** Artifacts of before there were releases, which the set-up takes in. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-default-releases-'));
  registry = join(folder, 'registry');
  await train('--no-registry');
  expect(await train('--keep-others', '--registry', registry)).toContain(`v2: release 2 of iris in ${registry}`);
  stack = await startStack({ artifacts: folder, registry, ui: false });
});
afterAll(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true });
});

async function releaseOf(version: string): Promise<string | null> {
  const answer = await fetch(`${stack.gatewayUrl}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-model-version': version },
    body: JSON.stringify({ features: [5.1, 3.5, 1.4, 0.2] }),
  });
  expect(answer.status).toBe(200);
  return answer.headers.get('x-model-release');
}

it('serves old artifacts as releases, and a new training once its release is challenger, without a restart', async () => {
  expect([await releaseOf('v1'), await releaseOf('v2')]).toEqual(['1', '2']);
  const said = await train('--registry', registry, '--forest', 'v2=30x4');
  const next = /npm run registry -- (alias challenger 3 --registry \S+) gives it to v2/.exec(said)?.[1] ?? said;
  expect([await releaseOf('v1'), await releaseOf('v2')]).toEqual(['1', '2']);
  const pid = stack.pid('model-v2');
  await program('scripts/registry.ts', ...next.split(' '));
  await expect.poll(() => releaseOf('v2'), { timeout: 10_000 }).toBe('3');
  expect([await releaseOf('v1'), stack.pid('model-v2')]).toEqual(['1', pid]);
});
