import { join } from 'node:path';
import { ConfigError, envChoice, envInteger, envSecret } from '@coppice/serverkit';

export type Retention = { maxRows: number; maxDays: number };

export type RecordConfig = {
  /** `off`: nothing is recorded; control state and audit are still kept. */
  enabled: boolean;
  database: { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string };
  retention: Retention;
  /** Milliseconds that a row waits at most before it is handed to the database. */
  flushMs: number;
  /** Rows that may wait to be written; over it the oldest give way. */
  queueRows: number;
};

/** Reads the record's settings. Throws `ConfigError`; never quotes `DATABASE_URL`, which may hold a password. */
export function readRecordConfig(env: Record<string, string | undefined>): RecordConfig {
  const url = envSecret(env, 'DATABASE_URL');
  if (url !== undefined && !/^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new ConfigError('DATABASE_URL is not allowed: a postgres:// address is, or nothing for SQLite in DATA_DIR');
  return {
    enabled: envChoice(env, 'RECORD', ['on', 'off'], 'on') === 'on',
    database: url
      ? { kind: 'postgres', url }
      : { kind: 'sqlite', file: join(env.DATA_DIR?.trim() || '/data', 'coppice.db') },
    retention: {
      maxRows: envInteger(env, 'RECORD_MAX_ROWS', { fallback: 1_000_000, min: 1 }),
      maxDays: envInteger(env, 'RECORD_MAX_DAYS', { fallback: 30, min: 1, max: 36_500 }),
    },
    // half of the 200 ms that a kill may cost: writing takes its time too
    flushMs: envInteger(env, 'RECORD_FLUSH_MS', { fallback: 50, min: 1, max: 200 }),
    queueRows: envInteger(env, 'RECORD_QUEUE_ROWS', { fallback: 65_536, min: 1, max: 1_000_000 }),
  };
}
