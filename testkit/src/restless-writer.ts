import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { releaseFiles } from './release-files.ts';

/* Publishes, aliases, promotes and rolls back in the folder of its argument until it is killed; a line for each release. */
const registry = new Registry(new FolderStore(process.argv[2] as string), { model: 'iris' });
const by = { who: 'restless', reason: '' };
for (let i = 0; ; i++) {
  const files = releaseFiles({ note: `${process.pid} ${i}` });
  const { number } = await registry.publish({
    files,
    lineage: { data: null, commit: null, parent: null },
    who: 'restless',
  });
  await registry.setAlias(number === 1 ? 'champion' : 'challenger', number, by);
  await registry.judge(number, true, by);
  await registry.promote({ weights: null, approval: 'required' }, by).catch(() => {});
  console.log(number);
  if (i % 2) await registry.rollback(by).catch(() => {});
}
