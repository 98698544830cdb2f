import { envChoice, envInteger } from '@coppice/serverkit';
import { type FeedbackConfig, readFeedbackConfig } from './feedback-config.ts';

export type RecordConfig = {
  /** `off`: predictions are not recorded; control state and audit still are. */
  enabled: boolean;
  /** Milliseconds after which a row goes to the database at the latest. */
  flushMs: number;
  /** Rows that may wait to be written; beyond it the oldest are dropped. */
  queueRows: number;
  /** Names of features that are not kept. */
  omit: readonly string[];
  feedback: FeedbackConfig;
};

/** The longest time that a row waits before it is handed to the database. */
export const MOST_FLUSH_MS = 200;

/** Whether predictions are recorded, how they queue, and what feedback to them counts. Throws `ConfigError`. */
export function readRecordConfig(env: Record<string, string | undefined>): RecordConfig {
  return {
    enabled: envChoice(env, 'RECORD', ['on', 'off'], 'on') === 'on',
    // half of the 200 ms of rows that a kill may lose: writing takes time, too
    flushMs: envInteger(env, 'RECORD_FLUSH_MS', { fallback: 50, min: 1, max: MOST_FLUSH_MS }),
    queueRows: envInteger(env, 'RECORD_QUEUE_ROWS', { fallback: 65_536, min: 1, max: 1_000_000 }),
    omit: (env.RECORD_OMIT ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    feedback: readFeedbackConfig(env),
  };
}
