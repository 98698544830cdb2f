import type { ReplaySummary } from '@coppice/contract';
import { count, percent } from '../parts/format.ts';

/** What the newest replay of a candidate says against what a version answered to the same rows: "96.2 % of 5,000 rows". Null without one. */
export function replayWords(replays: readonly ReplaySummary[], version: string, baseline: string): string | null {
  for (const replay of replays) {
    if (replay.version !== version) continue;
    const found = replay.comparisons.find((one) => one.live_version === baseline && one.in_force && one.compared > 0);
    if (!found) continue;
    const { agreement, compared, with_feedback, paired } = found;
    const rated =
      with_feedback > 0 ? `; ${paired.only_replayed} : ${paired.only_live} right alone, ${paired.verdict}` : '';
    return `${percent(agreement.value)} of ${count(compared)} rows agree${rated}`;
  }
  return null;
}
