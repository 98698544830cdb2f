import type { TimelineReport } from '@coppice/contract';

const MINUTE_MS = 60_000;

/** An answer of `GET /timeline`: the last hour of two versions, with changes, a gap, and too little feedback in the end. */
export function lastHour(now: number): TimelineReport {
  const until = Math.ceil(now / MINUTE_MS) * MINUTE_MS;
  const since = until - 60 * MINUTE_MS;
  const iso = (minute: number) => new Date(since + minute * MINUTE_MS).toISOString();
  const minutes = Array.from({ length: 60 }, (_, i) => i).filter((i) => i < 25 || i > 30);
  const points = (level: number) =>
    minutes.map((minute) => {
      const n = 60 + ((minute * 7) % 23);
      const feedback = minute > 55 ? 12 : 40;
      return {
        ...{ time: iso(minute), n, errors: minute % 11 === 0 ? 2 : 0, p95_ms: 11 + level + (minute % 5) / 2, feedback },
        correct: Math.round(feedback * (0.88 + level / 50 + ((minute * 13) % 7) / 100)),
      };
    });
  return {
    ...{ since: iso(0), until: iso(60), step: 'minute' },
    versions: [
      { version: 'v1', points: points(0) },
      { version: 'v2', points: points(1) },
    ],
    changes: [
      { time: iso(15), what: 'weights', version: null, audit: 1, words: 'canary by admin: more trees' },
      { time: iso(40), what: 'model', version: 'v2', audit: null, words: 'v2 serves another model' },
    ],
  };
}
