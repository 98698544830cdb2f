import type { SplitReport } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { Poll } from '../gateway/poll.svelte.ts';

/** How requests were assigned since the present weights came in force, as the gateway counts and judges it. */
export const observed = new Poll<SplitReport>((signal) => api.split({ signal }), 5000, { on: 'requests' });
