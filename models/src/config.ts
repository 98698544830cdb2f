import { basename } from 'node:path';
import {
  ConfigError,
  envChoice,
  envHost,
  envInteger,
  envPort,
  type Hosts,
  logLevels,
  readAllowedHosts,
} from '@coppice/serverkit';

import type { ModelIdentity } from './model/identity.ts';
import { readSourceConfig, type SourceConfig } from './source/source-config.ts';

export type Config = ModelIdentity & {
  source: SourceConfig;
  port: number;
  /** Address to listen on. Undefined: all interfaces. */
  host: string | undefined;
  /** Names to which the server answers. */
  hosts: Pick<Hosts, 'allows'>;
  /** Milliseconds that requests under way get to end when the server stops. */
  shutdownGraceMs: number;
  logLevel: (typeof logLevels)[number];
};

/** Reads the environment once, at start. Throws a `ConfigError` of one line for an invalid value. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const source = readSourceConfig(env);
  const name = source.kind === 'folder' ? 'iris' : source.model;
  const modelName = pathName(env, 'MODEL_NAME', name);
  if (source.kind !== 'folder' && modelName !== source.model)
    throw new ConfigError(
      `MODEL_SOURCE names the model ${source.model}, and MODEL_NAME is ${modelName}: must be the same`,
    );
  return {
    source,
    modelName,
    modelVersion: pathName(env, 'MODEL_VERSION', source.kind === 'folder' ? basename(source.folder) : undefined),
    port: envPort(env, 'PORT', 8080),
    host: envHost(env, 'BIND_ADDRESS'),
    hosts: readAllowedHosts(env.ALLOWED_HOSTS, { names: [env.BIND_ADDRESS] }),
    shutdownGraceMs: 1000 * envInteger(env, 'SHUTDOWN_GRACE', { fallback: 10, max: 3600 }),
    logLevel: envChoice(env, 'LOG_LEVEL', logLevels, 'info'),
  };
}

/** A word that needs no encoding in a URL path. */
function pathName(env: Record<string, string | undefined>, name: string, fallback: string | undefined): string {
  const text = env[name]?.trim() || fallback;
  if (text === undefined)
    throw new ConfigError(`${name} is not set: must be the version that this server is, such as v1`);
  if (!/^[\w.-]{1,128}$/.test(text) || /^\.+$/.test(text))
    throw new ConfigError(
      `${name}=${text} is not allowed: must consist of at most 128 letters, digits, ".", "_" and "-"`,
    );
  return text;
}
