/** The end of an interval of a difference of two shares, which is within ±1 whatever an approximation says. */
export function withinShares(end: number): number {
  return Math.max(-1, Math.min(1, end));
}
