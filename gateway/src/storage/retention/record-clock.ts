const DAY_MS = 86_400_000;
/** How far ids may run ahead of a reading of a clock that is behind: the next reading comes with the next rows. */
const MARGIN_MS = 3_600_000;
const KEPT_EVERY_MS = 10_000;
/** So much faster than time passes, the record's time follows a clock that is ahead. */
const CATCH_UP = 2;

/** What a database remembers about time, in milliseconds since the epoch. */
export type ClockState = {
  /** The latest time that the record confirms: the clock's, as long as that goes like a clock. Null in an empty record. */
  confirmed: number | null;
  /** Rows below this id time may be new ones, from a clock that was behind: they stay until `heldUntil`. */
  heldBelow: number;
  heldUntil: number;
};

export type ClockReading = {
  state: ClockState & { confirmed: number };
  /** What age is measured against. */
  now: number;
  /** Rows of an older id time stay. */
  heldBelow: number;
  /** Milliseconds that the clock is ahead of the record (or behind it, below 0); 0 while it can be believed. */
  offBy: number;
};

/**
 * Reads a clock that may be wrong: one that jumps ahead must not make all rows too old. A gap of up to a tenth of the
 * retention passes as a pause of the gateway. After a larger one the record's time goes on from where it was, at twice the
 * speed of time, so that the truth catches up and an error deletes nothing at once. `elapsed`: milliseconds of a monotonic
 * clock since the last reading.
 */
export function readClock(before: ClockState, now: number, elapsed: number, maxDays: number): ClockReading {
  const tolerance = (maxDays * DAY_MS) / 10;
  const confirmed = before.confirmed ?? now;
  const ahead = now - confirmed;
  if (ahead > tolerance) {
    const followed = Math.min(now, confirmed + CATCH_UP * elapsed);
    return reading({ ...before, confirmed: followed }, followed, now - followed);
  }
  if (ahead < -tolerance) {
    // not moved by each row
    const heldBelow = now + MARGIN_MS / 2 < before.heldBelow ? before.heldBelow : now + MARGIN_MS;
    return reading({ confirmed, heldBelow, heldUntil: confirmed + maxDays * DAY_MS }, now, ahead);
  }
  return reading({ ...before, confirmed: Math.max(confirmed, now) }, now, 0);
}

function reading(state: ClockReading['state'], now: number, offBy: number): ClockReading {
  return { state, now, heldBelow: state.confirmed < state.heldUntil ? state.heldBelow : 0, offBy };
}

/** Whether a state is worth keeping: one that only went on for some seconds is not. */
export function isNews(before: ClockState, { confirmed, heldBelow, heldUntil }: ClockReading['state']): boolean {
  if (before.heldBelow !== heldBelow || before.heldUntil !== heldUntil || before.confirmed === null) return true;
  return confirmed - before.confirmed >= KEPT_EVERY_MS;
}

/** What a person should know of a reading, or null. */
export function clockWarning({ offBy }: Pick<ClockReading, 'offBy'>): string | null {
  if (offBy === 0) return null;
  const days = (Math.abs(offBy) / DAY_MS).toFixed(1);
  return offBy > 0
    ? `The clock is ${days} days ahead of the record's newest time. If it is wrong, set it; until the record has followed (a day per day that the gateway runs), rows that are old by this clock are kept.`
    : `The clock is ${days} days behind the record's newest time: set it. New rows get old times, and are kept.`;
}
