import type { ReplayList } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { Poll } from '../gateway/poll.svelte.ts';

/** The last replays, newest first. */
export const replays = new Poll<ReplayList>((signal) => api.replays({ signal }), 60_000);
