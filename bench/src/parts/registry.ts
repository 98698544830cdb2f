import { openRegistry } from '@coppice/registry/open-registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { releaseFiles } from '@coppice/testkit/release-files';
import type { Context } from '../context/context.ts';
import type { Measured } from '../report/bars.ts';
import { median } from '../report/stats.ts';
import { short, table } from '../report/table.ts';

const RELEASES = 1000;
/** A list takes milliseconds: more of them than rounds say more. */
const LISTS_PER_ROUND = 5;

/** Milliseconds to list a thousand releases in a folder, by a process that has read none of them. */
export async function registry({
  lab,
  options,
  print,
  progress,
}: Context): Promise<{ measured: Measured; took: number[] }> {
  const place = lab.place('registry');
  progress(`writing ${RELEASES} releases`);
  const lineage = { data: null, commit: null, parent: null };
  const first = await (await openRegistry(place, 'iris')).publish({ files: releaseFiles(), lineage, who: 'bench' });
  const store = new FolderStore(place);
  for (let number = 2; number <= RELEASES; number++) {
    const key = `iris/releases/${String(number).padStart(8, '0')}.json`;
    await store.create(key, Buffer.from(`${JSON.stringify({ ...first, number }, null, 2)}\n`));
  }
  const took: number[] = [];
  for (let i = 0; i < options.rounds * LISTS_PER_ROUND; i++) {
    progress(`list ${i + 1} of ${options.rounds * LISTS_PER_ROUND}`);
    const fresh = await openRegistry(place, 'iris');
    const begin = performance.now();
    const [releases] = await Promise.all([fresh.releases(), fresh.current()]);
    took.push(performance.now() - begin);
    if (releases.length !== RELEASES) throw new Error(`${releases.length} releases are listed, not ${RELEASES}`);
  }
  print(`\n${table(['registry in a folder', 'ms'], [[`${RELEASES} releases listed`, short(median(took))]])}`);
  return { measured: { registryListMs: median(took) }, took };
}
