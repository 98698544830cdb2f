import type { ComparisonReport, ReleasesView, RolloutReport } from '@coppice/contract';
import type { Page, Route } from 'playwright-core';

type Problem = { status: number; detail: string };

/** What the stand-in answers, and what the page sent. Change the answers at any time. */
export type StandIn = {
  comparison: ComparisonReport | Problem;
  rollout: RolloutReport | Problem;
  /** Undefined: the gateway answers itself. */
  releases?: ReleasesView | Problem | undefined;
  /** The answer to the next change, or to all. */
  change: RolloutReport | ReleasesView | Problem | null;
  sent: { path: string; body: Record<string, unknown>; authorization: string | null }[];
};
export type StandInAnswers = Pick<StandIn, 'comparison' | 'rollout' | 'releases'>;

/** Answers the page's requests for the comparison, the rollout and the releases; all others reach the gateway. */
export async function standIn(page: Page, first: StandInAnswers): Promise<StandIn> {
  const state: StandIn = { ...first, change: null, sent: [] };
  const note = async (route: Route) => {
    const request = route.request();
    state.sent.push({
      path: new URL(request.url()).pathname.replace('/api', ''),
      body: request.postDataJSON() as Record<string, unknown>,
      authorization: await request.headerValue('authorization'),
    });
  };
  await page.route('**/api/comparison', (route) => answer(route, state.comparison));
  await page.route(/\/api\/rollout(\/\w+)?$/, async (route) => {
    if (route.request().method() === 'GET') return answer(route, state.rollout);
    await note(route);
    if (state.change && 'rollout' in state.change) state.rollout = state.change;
    return answer(route, state.change ?? state.rollout);
  });
  await page.route(/\/api\/releases(\/\w+)?$/, async (route) => {
    if (state.releases === undefined) return route.fallback();
    if (route.request().method() === 'GET') return answer(route, state.releases);
    await note(route);
    if (state.change && 'serving' in state.change) state.releases = state.change;
    return answer(route, state.change ?? state.releases);
  });
  return state;
}

async function answer(route: Route, body: object | Problem): Promise<void> {
  const status = 'status' in body ? (body as Problem).status : 200;
  await route.fulfill({ status, json: body });
}
