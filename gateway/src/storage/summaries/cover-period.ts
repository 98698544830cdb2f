const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Milliseconds of each summary's steps, coarsest first. */
export const RESOLUTIONS = [DAY, HOUR, MINUTE] as const;
/** How long a period stays known to the minute; before that, to the hour. */
export const MINUTES_KEPT_MS = 2 * DAY;

export type Span = { resolution: number; from: number; to: number };
export type Cover = { since: number; until: number; spans: Span[] };

/**
 * The fewest summary steps (days, hours, minutes, in UTC) that make up a period. The period is widened to whole minutes,
 * or to whole hours where it began or ended more than two days ago. All in milliseconds since the epoch, `to` exclusive.
 */
export function coverPeriod(since: number, until: number, now: number): Cover {
  const first = Math.floor(since / stepAt(since, now)) * stepAt(since, now);
  const last = Math.max(first, Math.ceil(until / stepAt(until, now)) * stepAt(until, now));
  const spans: Span[] = [];
  for (let at = first; at < last; ) {
    const resolution = RESOLUTIONS.find((step) => at % step === 0 && at + step <= last) as number;
    // inside a coarser step only its own rest may be taken, so that what follows can be coarser again
    const coarser = RESOLUTIONS[RESOLUTIONS.indexOf(resolution as typeof MINUTE) - 1];
    const limit = coarser ? Math.min(last, (Math.floor(at / coarser) + 1) * coarser) : last;
    const to = at + Math.floor((limit - at) / resolution) * resolution;
    spans.push({ resolution, from: at, to });
    at = to;
  }
  return { since: first, until: last, spans };
}

function stepAt(time: number, now: number): number {
  return time < now - MINUTES_KEPT_MS ? HOUR : MINUTE;
}
