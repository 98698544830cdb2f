import type { ComparisonReport, RolloutReport } from '@coppice/contract';
import type { Page, Route } from 'playwright-core';

type Problem = { status: number; detail: string };

/** What the stand-in answers, and what the page sent. Change the answers at any time. */
export type StandIn = {
  comparison: ComparisonReport | Problem;
  rollout: RolloutReport | Problem;
  /** The answer to the next change, or to all. */
  change: RolloutReport | Problem | null;
  sent: { path: string; body: Record<string, unknown>; authorization: string | null }[];
};

/** Answers the page's requests for the comparison and the rollout; all others reach the gateway. */
export async function standIn(page: Page, first: Pick<StandIn, 'comparison' | 'rollout'>): Promise<StandIn> {
  const state: StandIn = { ...first, change: null, sent: [] };
  await page.route('**/api/comparison', (route) => answer(route, state.comparison));
  await page.route(/\/api\/rollout(\/\w+)?$/, async (route) => {
    const request = route.request();
    if (request.method() === 'GET') return answer(route, state.rollout);
    state.sent.push({
      path: new URL(request.url()).pathname.replace('/api', ''),
      body: request.postDataJSON() as Record<string, unknown>,
      authorization: await request.headerValue('authorization'),
    });
    if (state.change && 'rollout' in state.change) state.rollout = state.change;
    return answer(route, state.change ?? state.rollout);
  });
  return state;
}

async function answer(route: Route, body: object | Problem): Promise<void> {
  const status = 'status' in body ? (body as Problem).status : 200;
  await route.fulfill({ status, json: body });
}
