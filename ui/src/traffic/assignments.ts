import type { HistoryRow } from '@coppice/contract';

/**
 * How many assignments each version received. A sticky user is one, however many requests they send, since these are not
 * independent; any other request is one. Pinned requests were not assigned.
 */
export function countAssignments(
  rows: readonly Pick<HistoryRow, 'prediction_id' | 'user_hash' | 'model_version' | 'route'>[],
): Record<string, number> {
  const versions = new Map<string, string>();
  // the rows come newest first: a user counts where their newest request went
  for (const { route, user_hash, prediction_id, model_version } of rows) {
    const unit = user_hash ?? prediction_id;
    if (route !== 'pinned' && !versions.has(unit)) versions.set(unit, model_version);
  }
  const counts: Record<string, number> = {};
  for (const version of versions.values()) counts[version] = (counts[version] ?? 0) + 1;
  return counts;
}
