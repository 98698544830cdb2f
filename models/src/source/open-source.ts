import { join } from 'node:path';
import { MlflowClient } from '@coppice/mlflow/mlflow-client';
import { openRegistry } from '@coppice/registry/open-registry';
import type { ModelIdentity } from '../model/identity.ts';
import { FolderSource } from './folder-source.ts';
import { KeptCopy } from './kept-copy.ts';
import { MlflowSource } from './mlflow-source.ts';
import type { ModelSource } from './model-source.ts';
import { RegistrySource } from './registry-source.ts';
import type { SourceConfig } from './source-config.ts';

type Config = ModelIdentity & { source: SourceConfig };

export async function openSource({ source, ...identity }: Config): Promise<ModelSource> {
  if (source.kind === 'folder') return new FolderSource(source.folder, identity);
  const { model, selector, keepIn } = source;
  const copyIn = (folder: string) => (keepIn === null ? null : new KeptCopy(join(keepIn, folder)));
  if (source.kind === 'mlflow') {
    // the number of a version says nothing of the release that it is
    const numbered = typeof selector === 'number' ? `-${selector}` : '';
    const kept = copyIn(`mlflow-${model}${numbered}-${identity.modelVersion}`);
    return new MlflowSource(new MlflowClient(source.server), { model, selector }, kept);
  }
  return new RegistrySource(
    await openRegistry(source.registry, model),
    selector,
    copyIn(`${model}-${identity.modelVersion}`),
  );
}
