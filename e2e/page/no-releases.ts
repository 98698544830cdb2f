import type { ReleasesView } from '@coppice/contract';
import type { BrowserContext } from 'playwright-core';

/** What a gateway without a registry answers. */
export const noReleases: ReleasesView = {
  ...{ registry: null, model: '', revision: 0, champion: null, challenger: null, previous: null, pending: null },
  ...{ serving: [], gate: { on: false, approval: 'person', lines: [] }, releases: [], trouble: null },
};

/** Answers for a gateway that knows no releases as one without a registry: the browser logs each 404. */
export async function withoutReleases(context: BrowserContext): Promise<void> {
  await context.route('**/api/releases', async (route) => {
    const answer = await route.fetch().catch(() => null);
    const reply = answer?.status() === 404 ? { json: noReleases } : answer ? { response: answer } : null;
    // the page may be gone by now
    await (reply ? route.fulfill(reply) : route.abort()).catch(() => {});
  });
}
