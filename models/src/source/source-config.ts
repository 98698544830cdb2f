import { resolve } from 'node:path';
import { ConfigError } from '@coppice/serverkit';
import { readSelector, type Selector } from './registry-source.ts';

export type SourceConfig =
  | { kind: 'folder'; folder: string }
  | {
      kind: 'registry';
      model: string;
      selector: Selector;
      /** A folder, or `s3://bucket/prefix`. */
      registry: string;
      /** Folder for a copy of what is served; null: none is kept. */
      keepIn: string | null;
    };

/** `MODEL_SOURCE`, else the folder `MODEL_DIR`. Throws `ConfigError`. */
export function readSourceConfig(env: Record<string, string | undefined>): SourceConfig {
  const source = env.MODEL_SOURCE?.trim() || env.MODEL_DIR?.trim();
  if (!source)
    throw new ConfigError(
      'MODEL_DIR and MODEL_SOURCE are not set: must be the folder of one version, such as artifacts/v1, or a release, such as registry:iris@champion',
    );
  if (!source.startsWith('registry:')) return { kind: 'folder', folder: resolve(source) };
  const [, model, which] = /^registry:([\w.-]{1,128})@(\w+)$/.exec(source) ?? [];
  const selector = which === undefined ? undefined : readSelector(which);
  if (model === undefined || selector === undefined)
    throw new ConfigError(
      `MODEL_SOURCE=${source} is not allowed: must be a folder, or registry:NAME@champion, @challenger or @NUMBER`,
    );
  const registry = env.REGISTRY_URL?.trim();
  if (!registry)
    throw new ConfigError('REGISTRY_URL is not set: must be a folder or s3://bucket/prefix, where the releases are');
  return { kind: 'registry', model, selector, registry, keepIn: env.MODEL_KEEP_DIR?.trim() || null };
}
