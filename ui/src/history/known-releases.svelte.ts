import type { ReleasesView } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { Poll } from '../gateway/poll.svelte.ts';

/** The registry, for the numbers of the releases that answered: asked for while a row is open; null where there is none. */
export const knownReleases = new Poll<ReleasesView | null>((signal) => api.releases({ signal }), 30_000, {
  on: 'releases',
});
