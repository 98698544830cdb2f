import type { By, Registry } from '@coppice/registry/registry';
import type { PipelineLineage } from './read-lineage.ts';

/** Tags a release with where it comes from. A tag that it has stays: the model comes from where it was made first. */
export async function tagRelease(registry: Registry, number: number, lineage: PipelineLineage, by: By): Promise<void> {
  const known = (await registry.current()).state.tags[number] ?? {};
  for (const [name, value] of Object.entries(lineage))
    if (known[name] === undefined) await registry.tag(number, name, value, by);
}
