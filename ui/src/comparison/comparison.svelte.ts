import type { ComparisonReport } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { Poll } from '../gateway/poll.svelte.ts';

/** The versions against the baseline, since the present weights and releases. */
export const comparison = new Poll<ComparisonReport>((signal) => api.comparison({ signal }), 10_000, {
  on: 'comparison',
});
