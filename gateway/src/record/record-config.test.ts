import { ConfigError } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { readRecordConfig } from './record-config.ts';

describe('settings of the record', () => {
  it('are SQLite in /data, a million rows and 30 days unless told', () => {
    expect(readRecordConfig({})).toEqual({
      enabled: true,
      database: { kind: 'sqlite', file: '/data/coppice.db' },
      retention: { maxRows: 1_000_000, maxDays: 30 },
      flushMs: 50,
      queueRows: 65_536,
    });
  });

  it.each(['postgres://coppice:secret@db/coppice', 'postgresql://db'])('take %s', (DATABASE_URL) => {
    expect(readRecordConfig({ DATABASE_URL }).database).toEqual({ kind: 'postgres', url: DATABASE_URL });
  });

  it.each([
    [{ DATABASE_URL: 'mysql://u:hunter2@db' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'hunter2' }, 'DATABASE_URL'],
    [{ RECORD_MAX_ROWS: '0' }, 'RECORD_MAX_ROWS=0'],
    [{ RECORD_MAX_DAYS: 'forever' }, 'RECORD_MAX_DAYS=forever'],
    [{ RECORD_FLUSH_MS: '201' }, 'RECORD_FLUSH_MS=201'],
    [{ RECORD: 'maybe' }, 'RECORD=maybe'],
  ])('refuse %j by name, and tell no password', (env, message) => {
    const error = (() => {
      try {
        return readRecordConfig(env);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('hunter2');
  });
});
