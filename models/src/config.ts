import { basename, resolve } from 'node:path';
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

export type Config = ModelIdentity & {
  /** Folder that holds `model.onnx` and `model-card.json` of one version. */
  modelDir: string;
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
  const dir = env.MODEL_DIR?.trim();
  if (!dir) throw new ConfigError('MODEL_DIR is not set: must be the folder of one version, such as artifacts/v1');
  const modelDir = resolve(dir);
  return {
    modelDir,
    modelName: pathName(env, 'MODEL_NAME', 'iris'),
    modelVersion: pathName(env, 'MODEL_VERSION', basename(modelDir)),
    port: envPort(env, 'PORT', 8080),
    host: envHost(env, 'BIND_ADDRESS'),
    hosts: readAllowedHosts(env.ALLOWED_HOSTS, { names: [env.BIND_ADDRESS] }),
    shutdownGraceMs: 1000 * envInteger(env, 'SHUTDOWN_GRACE', { fallback: 10, max: 3600 }),
    logLevel: envChoice(env, 'LOG_LEVEL', logLevels, 'info'),
  };
}

/** A word that needs no encoding in a URL path. */
function pathName(env: Record<string, string | undefined>, name: string, fallback: string): string {
  const text = env[name]?.trim() || fallback;
  if (!/^[\w.-]{1,128}$/.test(text) || /^\.+$/.test(text))
    throw new ConfigError(
      `${name}=${text} is not allowed: must consist of at most 128 letters, digits, ".", "_" and "-"`,
    );
  return text;
}
