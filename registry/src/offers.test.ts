import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releaseFiles } from '@coppice/testkit/release-files';
import { expect, it, onTestFinished } from 'vitest';
import { ChangeRefusedError } from './errors.ts';
import { Registry } from './registry.ts';
import { FolderStore } from './stores/folder-store.ts';

const by = { who: 'test', reason: '' };

it('keeps what another program offers until the alias moves, the release is rejected, or a person declines', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-offers-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const again = () => new Registry(new FolderStore(folder), { model: 'iris' });
  const registry = again();
  const lineage = { data: null, commit: null, parent: null };
  for (const note of ['one', 'two', 'three'])
    await registry.publish({ files: releaseFiles({ note }), lineage, who: 'test' });
  await registry.setAlias('champion', 1, by);
  await registry.setAlias('challenger', 2, by);
  const mlflow = { who: 'mlflow', reason: '' };
  const offers = async () => (await again().current()).state.offers.map((one) => [one.alias, one.release, one.who]);

  await registry.offer('champion', 3, mlflow);
  const { revision } = await registry.offer('champion', 3, mlflow);
  expect([revision, await offers()]).toEqual([3, [['champion', 3, 'mlflow']]]);
  await registry.offer('challenger', 1, mlflow);
  await registry.offer('champion', 2, mlflow);
  expect(await offers()).toEqual([
    ['challenger', 1, 'mlflow'],
    ['champion', 2, 'mlflow'],
  ]);

  await registry.promote({ weights: null, approval: 'auto' }, by);
  expect(await offers()).toEqual([['challenger', 1, 'mlflow']]);
  await registry.decline('challenger', by);
  expect(await offers()).toEqual([]);
  await expect(registry.decline('challenger', by)).rejects.toThrow(ChangeRefusedError);

  await registry.offer('challenger', 3, mlflow);
  await registry.judge(3, false, by);
  expect(await offers()).toEqual([]);
  await expect(registry.offer('challenger', 3, mlflow)).rejects.toThrow('release 3 was rejected by test');
  expect((await again().audit()).map(({ who, what }) => `${who}: ${what}`)).toEqual(
    expect.arrayContaining([
      'mlflow: champion: 1 → 3 is offered',
      'test: challenger: 1, which mlflow offers, is declined',
    ]),
  );
});
