/** What the gateway sees of a version. */
export type WatchedVersion = {
  ready: boolean;
  /** Why it is not available, or null. */
  reason: string | null;
  /** Milliseconds since the epoch, or null. */
  unreadySince: number | null;
  ejectedUntil: number | null;
  /** Since this gateway started. */
  ejections: number;
};

/** Why a version cannot get more traffic now, or null. */
export function whyUnready(seen: WatchedVersion | undefined): string | null {
  if (!seen) return 'this gateway does not have it';
  if (seen.ready && seen.ejectedUntil === null) return null;
  return seen.reason ?? 'the reason is unknown';
}
