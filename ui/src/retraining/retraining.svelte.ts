import type { RetrainingView } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { Poll } from '../gateway/poll.svelte.ts';

/** The jobs of the retrainer; no event speaks of them. Null from a gateway that knows none. */
export const retraining = new Poll<RetrainingView | null>((signal) => api.retraining({ signal }), 10_000);
