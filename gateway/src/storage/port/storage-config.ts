import { join } from 'node:path';
import { ConfigError, envInteger, envSecret } from '@coppice/serverkit';

export type Retention = { maxRows: number; maxDays: number };

export type StorageConfig = {
  database: { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string };
  retention: Retention;
};

/** Where state is kept, and how much of the record. Throws `ConfigError`; never quotes `DATABASE_URL`, which may hold a password. */
export function readStorageConfig(env: Record<string, string | undefined>): StorageConfig {
  const url = envSecret(env, 'DATABASE_URL');
  if (url !== undefined && !/^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new ConfigError('DATABASE_URL is not allowed: a postgres:// address is, or nothing for SQLite in DATA_DIR');
  return {
    database: url
      ? { kind: 'postgres', url }
      : { kind: 'sqlite', file: join(env.DATA_DIR?.trim() || '/data', 'coppice.db') },
    retention: {
      maxRows: envInteger(env, 'RECORD_MAX_ROWS', { fallback: 1_000_000, min: 1 }),
      maxDays: envInteger(env, 'RECORD_MAX_DAYS', { fallback: 30, min: 1, max: 36_500 }),
    },
  };
}
