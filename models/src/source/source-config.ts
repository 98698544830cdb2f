import { resolve } from 'node:path';
import { type MlflowConfig, readMlflowConfig } from '@coppice/mlflow/mlflow-config';
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
    }
  | {
      kind: 'mlflow';
      model: string;
      /** A number is that of MLflow's version. */
      selector: Selector;
      server: MlflowConfig;
      keepIn: string | null;
    };

/** `MODEL_SOURCE`, else the folder `MODEL_DIR`. Throws `ConfigError`. */
export function readSourceConfig(env: Record<string, string | undefined>): SourceConfig {
  const source = env.MODEL_SOURCE?.trim() || env.MODEL_DIR?.trim();
  if (!source)
    throw new ConfigError(
      'MODEL_DIR and MODEL_SOURCE are not set: must be the folder of one version, such as artifacts/v1, or a release, such as registry:iris@champion',
    );
  if (!/^(registry|mlflow):/.test(source)) return { kind: 'folder', folder: resolve(source) };
  const [, kind, model, which] = /^(registry|mlflow):([\w.-]{1,128})@(\w+)$/.exec(source) ?? [];
  const selector = which === undefined ? undefined : readSelector(which);
  if (model === undefined || selector === undefined)
    throw new ConfigError(
      `MODEL_SOURCE=${source} is not allowed: must be a folder, or registry:NAME@champion, @challenger or @NUMBER, or the same with mlflow:`,
    );
  const keepIn = env.MODEL_KEEP_DIR?.trim() || null;
  if (kind === 'mlflow') return { kind, model, selector, server: readServer(env), keepIn };
  const registry = env.REGISTRY_URL?.trim();
  if (!registry)
    throw new ConfigError('REGISTRY_URL is not set: must be a folder or s3://bucket/prefix, where the releases are');
  return { kind: 'registry', model, selector, registry, keepIn };
}

function readServer(env: Record<string, string | undefined>): MlflowConfig {
  let server: MlflowConfig | null;
  try {
    server = readMlflowConfig(env);
  } catch (cause) {
    throw new ConfigError((cause as Error).message, { cause });
  }
  if (server) return server;
  throw new ConfigError(
    'MLFLOW_TRACKING_URI is not set: must be the address of the MLflow server, such as http://localhost:5601',
  );
}
