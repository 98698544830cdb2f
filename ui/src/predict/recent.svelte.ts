import type { HistoryPage } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { Poll } from '../gateway/poll.svelte.ts';

/** The last five recorded predictions. */
export const recent = new Poll<HistoryPage>((signal) => api.predictions({ limit: '5' }, { signal }), 5000, {
  on: 'requests',
});
