import { basename, resolve } from 'node:path';
import { ConfigError, envChoice, envInteger, envPort, logLevels } from '@coppice/serverkit';

import type { ModelIdentity } from './model/identity.ts';

export type Config = ModelIdentity & {
  /** Folder that holds `model.onnx` and `model-card.json` of one version. */
  modelDir: string;
  port: number;
  /** Address to listen on; undefined: all. */
  host: string | undefined;
  /** Milliseconds that answers under way get when the server is asked to stop. */
  shutdownGraceMs: number;
  logLevel: (typeof logLevels)[number];
};

/** Reads the environment once, at start. Throws `ConfigError`, one line, for a value that cannot be used. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const dir = env.MODEL_DIR?.trim();
  if (!dir) throw new ConfigError('MODEL_DIR is not set: the folder of one version is, such as artifacts/v1');
  const modelDir = resolve(dir);
  return {
    modelDir,
    modelName: pathName(env, 'MODEL_NAME', 'iris'),
    modelVersion: pathName(env, 'MODEL_VERSION', basename(modelDir)),
    port: envPort(env, 'PORT', 8080),
    host: env.BIND_ADDRESS?.trim() || undefined,
    shutdownGraceMs: 1000 * envInteger(env, 'SHUTDOWN_GRACE', { fallback: 10, max: 3600 }),
    logLevel: envChoice(env, 'LOG_LEVEL', logLevels, 'info'),
  };
}

/** A word that stands in a URL path as it is. */
function pathName(env: Record<string, string | undefined>, name: string, fallback: string): string {
  const text = env[name]?.trim() || fallback;
  if (!/^[\w.-]{1,128}$/.test(text) || /^\.+$/.test(text))
    throw new ConfigError(`${name}=${text} is not allowed: letters, digits, ".", "_" and "-" are, 128 at most`);
  return text;
}
