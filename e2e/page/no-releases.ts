import type { ReleasesView } from '@coppice/contract';

/** What a gateway without a registry answers. */
export const noReleases: ReleasesView = {
  ...{ registry: null, model: '', revision: 0, champion: null, challenger: null, previous: null, pending: null },
  ...{ serving: [], gate: { on: false, approval: 'person', lines: [] }, releases: [], trouble: null },
};
