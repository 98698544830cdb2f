import { join } from 'node:path';
import { openRegistry } from '@coppice/registry/open-registry';
import type { ModelIdentity } from '../model/identity.ts';
import { FolderSource } from './folder-source.ts';
import { KeptCopy } from './kept-copy.ts';
import type { ModelSource } from './model-source.ts';
import { RegistrySource } from './registry-source.ts';
import type { SourceConfig } from './source-config.ts';

type Config = ModelIdentity & { source: SourceConfig };

export async function openSource({ source, ...identity }: Config): Promise<ModelSource> {
  if (source.kind === 'folder') return new FolderSource(source.folder, identity);
  const { registry, model, selector, keepIn } = source;
  return new RegistrySource(
    await openRegistry(registry, model),
    selector,
    keepIn === null ? null : new KeptCopy(join(keepIn, `${model}-${identity.modelVersion}`)),
  );
}
