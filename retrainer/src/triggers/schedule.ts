import { ConfigError } from '@coppice/serverkit';
import { Cron } from 'croner';

/** When a cron expression of five fields is due, in UTC. */
export type Schedule = { text: string; next(after: number): number | null };

/** Throws `ConfigError` for a text that is no cron expression of five fields. */
export function readSchedule(text: string): Schedule {
  try {
    const cron = new Cron(text, { timezone: 'UTC', mode: '5-part', paused: true });
    return { text, next: (after) => cron.nextRun(new Date(after))?.getTime() ?? null };
  } catch (cause) {
    throw new ConfigError(
      `RETRAIN_SCHEDULE=${text} is not allowed: must be a cron expression of five fields in UTC, such as 0 3 * * 1`,
      { cause },
    );
  }
}
