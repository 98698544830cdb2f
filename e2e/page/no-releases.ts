import type { ReleasesView } from '@coppice/contract';
import type { BrowserContext } from 'playwright-core';

const none: ReleasesView = {
  ...{ registry: null, model: '', revision: 0, champion: null, challenger: null, previous: null, pending: null },
  ...{ serving: [], gate: { on: false, approval: 'person', lines: [] }, releases: [], trouble: null },
};

/** Answers for a gateway that knows no releases as one without a registry: the browser logs each 404. */
export async function withoutReleases(context: BrowserContext): Promise<void> {
  await context.route('**/api/releases', async (route) => {
    const answer = await route.fetch().catch(() => null);
    if (!answer) return route.abort();
    return answer.status() === 404 ? route.fulfill({ json: none }) : route.fulfill({ response: answer });
  });
}
