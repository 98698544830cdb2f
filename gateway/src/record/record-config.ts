import { envChoice, envInteger } from '@coppice/serverkit';

export type RecordConfig = {
  /** `off`: nothing is recorded; control state and audit are still kept. */
  enabled: boolean;
  /** Milliseconds that a row waits at most before it is handed to the database. */
  flushMs: number;
  /** Rows that may wait to be written; over it the oldest give way. */
  queueRows: number;
};

/** Whether predictions are recorded, and how they queue. Throws `ConfigError`. */
export function readRecordConfig(env: Record<string, string | undefined>): RecordConfig {
  return {
    enabled: envChoice(env, 'RECORD', ['on', 'off'], 'on') === 'on',
    // half of the 200 ms that a kill may cost: writing takes its time too
    flushMs: envInteger(env, 'RECORD_FLUSH_MS', { fallback: 50, min: 1, max: 200 }),
    queueRows: envInteger(env, 'RECORD_QUEUE_ROWS', { fallback: 65_536, min: 1, max: 1_000_000 }),
  };
}
