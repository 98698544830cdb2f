import { resolve } from 'node:path';

type Env = Record<string, string | undefined>;

/** Settings of the services that name a file or folder. */
const settings = [
  'ADMIN_TOKEN_FILE',
  'API_KEYS_FILE',
  'METRICS_TOKEN_FILE',
  'DATABASE_URL_FILE',
  'GATE_FILE',
  'MODEL_KEEP_DIR',
];

/** The environment with files as absolute paths that start where npm was started: the services run in the checkout's folder. */
export function absoluteFiles(env: Env, userFolder: string): Env {
  const files = settings.flatMap((name) => {
    const file = env[name]?.trim();
    return file ? [[name, resolve(userFolder, file)]] : [];
  });
  return { ...env, ...Object.fromEntries(files) };
}
