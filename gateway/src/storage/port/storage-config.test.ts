import { ConfigError } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { readStorageConfig } from './storage-config.ts';

describe('settings of the storage', () => {
  it('are SQLite in /data, a million rows and 30 days by default', () => {
    expect(readStorageConfig({})).toEqual({
      database: { kind: 'sqlite', file: '/data/coppice.db' },
      retention: { maxRows: 1_000_000, maxDays: 30 },
    });
  });

  it.each(['postgres://coppice:secret@db/coppice', 'postgresql://db'])('take %s', (DATABASE_URL) => {
    expect(readStorageConfig({ DATABASE_URL }).database).toEqual({ kind: 'postgres', url: DATABASE_URL });
  });

  it.each([
    [{ DATABASE_URL: 'mysql://u:hunter2@db' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'hunter2' }, 'DATABASE_URL'],
    [{ RECORD_MAX_ROWS: '0' }, 'RECORD_MAX_ROWS=0'],
    [{ RECORD_MAX_DAYS: 'forever' }, 'RECORD_MAX_DAYS=forever'],
  ])('refuse %j by name, and show no password', (env, message) => {
    const error = (() => {
      try {
        return readStorageConfig(env);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('hunter2');
  });
});
