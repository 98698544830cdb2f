import { ConfigError } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { readRecordConfig } from './record-config.ts';

describe('settings of the record', () => {
  it('record everything by default, and write rows every 50 ms', () => {
    expect(readRecordConfig({})).toMatchObject({ enabled: true, flushMs: 50, queueRows: 65_536 });
  });

  it('take the names of features that are not kept', () => {
    expect(readRecordConfig({}).omit).toEqual([]);
    expect(readRecordConfig({ RECORD_OMIT: ' age, income ,,' }).omit).toEqual(['age', 'income']);
  });

  it('take RECORD=off', () => {
    expect(readRecordConfig({ RECORD: 'off' }).enabled).toBe(false);
  });

  it.each([
    [{ RECORD_FLUSH_MS: '201' }, 'RECORD_FLUSH_MS=201'],
    [{ RECORD_QUEUE_ROWS: '0' }, 'RECORD_QUEUE_ROWS=0'],
    [{ RECORD: 'maybe' }, 'RECORD=maybe'],
  ])('refuse %j by name', (env, message) => {
    expect(() => readRecordConfig(env)).toThrow(ConfigError);
    expect(() => readRecordConfig(env)).toThrow(message);
  });
});
