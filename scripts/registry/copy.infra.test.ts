import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore } from '@coppice/registry/open-registry';
import { Registry } from '@coppice/registry/registry';
import { objects } from '@coppice/testkit/copy-suite';
import { attempt } from '@coppice/testkit/programs/run-command';
import { startThrowawayS3 } from '@coppice/testkit/programs/throwaway-s3';
import { releaseFiles } from '@coppice/testkit/release-files';
import { until } from '@coppice/testkit/waiting/until';
import { expect, it, onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('../registry.ts', import.meta.url));
const RELEASES = 60;

it('npm run registry -- copy that is killed halfway to S3 goes on when it is repeated', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-copy-'));
  const s3 = await startThrowawayS3();
  onTestFinished(async () => {
    await s3.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const env = {
    ...{ AWS_ENDPOINT_URL: s3.url, AWS_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey },
  };
  Object.assign(process.env, env);
  const source = await openStore(folder);
  const registry = new Registry(source, { model: 'iris' });
  for (let note = 1; note <= RELEASES; note++)
    await registry.publish({
      files: releaseFiles({ note: String(note) }),
      lineage: { data: null, commit: null, parent: null },
      who: 'test',
    });
  await registry.setAlias('champion', RELEASES, { who: 'test', reason: 'the best' });
  const to = `s3://${s3.createBucket()}/models`;
  const target = await openStore(to);
  const released = async () => (await target.list('iris/releases/')).length;

  const args = [program, 'copy', '--registry', folder, '--to', to];
  const killed = spawn(process.execPath, args, { stdio: 'ignore' });
  const ended = once(killed, 'exit');
  await until(async () => expect(await released()).toBeGreaterThan(3));
  killed.kill('SIGKILL');
  await ended;
  const before = await released();
  console.log(`killed after ${before} of ${RELEASES} releases`);
  expect(before).toBeLessThan(RELEASES);

  const repeated = await attempt(process.execPath, args);
  expect(repeated).toEqual({
    status: 0,
    output: expect.stringMatching(
      new RegExp(`^iris: ${RELEASES} releases in ${to}, ${RELEASES - before} of them new .*revision 1\n$`),
    ),
  });
  expect(await objects(target)).toEqual(await objects(source));

  const other = await attempt(process.execPath, [program, 'tag', '1', 'a=b', '--registry', to]);
  expect(other.status).toBe(0);
  const refused = await attempt(process.execPath, args);
  expect(refused.status).toBe(1);
  expect(refused.output).toMatch(/^registry: .* has a change 2 of iris that .* lacks: the target must be empty/);
});
