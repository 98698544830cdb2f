import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComparisonReport, ReleasesView } from '@coppice/contract';
import { readIris } from '@coppice/testkit/iris';
import { predictBatch } from '@coppice/testkit/predict';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import { findTool } from '@coppice/testkit/programs/find-prometheus-tool';
import { root } from '@coppice/testkit/programs/run-command';
import { type PageRouteName, pageRoutes } from '@coppice/ui/page-routes';
import type { Browser, Page } from 'playwright-core';
import * as experiments from './page/experiment-answers.ts';
import { sendJudged } from './page/judged-traffic.ts';
import { movedTo } from './page/moved-to.ts';
import * as releases from './page/release-answers.ts';
import { type StandInAnswers, standIn } from './page/stand-in.ts';
import { lastHour } from './page/timeline-answers.ts';
import { sendTraffic } from './page/traffic.ts';
import { go, visit } from './page/visit.ts';
import { winner } from './page/winner-answer.ts';
import { type Stack, startStack } from './stack/stack.ts';

/**
 * Takes the pictures of docs/images: each route empty, in normal operation and with something wrong. The gateway, the models and
 * their traffic are real; on Release the figures of hours are answers of the tests, moved to now.
 */

const images = join(root, 'docs/images');
const THEN = '2026-03-02T13:04:00.000Z';
const states = ['empty', 'normal', 'wrong'] as const;
type State = (typeof states)[number];

const served = { v1: 'a'.repeat(64), v2: 'b'.repeat(64) };
const byReleases = (report: ComparisonReport): ComparisonReport => ({
  ...report,
  epochs: report.epochs.map((epoch) => ({ ...epoch, releases: served })),
});
const figures: Record<Exclude<State, 'empty'>, StandInAnswers> = {
  normal: {
    comparison: byReleases(winner),
    rollout: experiments.reportOf(experiments.running),
    releases: releases.waiting,
  },
  wrong: {
    comparison: byReleases(experiments.twoEpochs),
    rollout: experiments.reportOf(experiments.rolledBack),
    releases: releases.refused,
  },
};

/** What a state adds to the one before it. */
const prepare: Record<State, (stack: Stack) => Promise<void>> = {
  empty: async () => {},
  async normal(stack) {
    await sendTraffic(stack, 600);
    await sendJudged(stack, 300, { v1: 0.95, v2: 0.97 });
  },
  async wrong(stack) {
    const { rows } = readIris();
    await predictBatch(
      stack.gatewayUrl,
      Array.from({ length: 500 }, (_, i) =>
        (rows[i % rows.length] ?? []).map((value, at) => (at === 3 ? value + 1.1 : value)),
      ),
    );
    await stack.kill('model-v2');
    await sendJudged(stack, 60, { v1: 0.7 });
  },
};

async function take(browser: Browser, stack: Stack, state: State, route: PageRouteName): Promise<void> {
  const made = route === 'release' && state !== 'empty' ? figures[state] : null;
  const { page, close } = await visit(browser, stack, '#/ops', { admin: true, height: 900, events: made === null });
  if (made) {
    const now = Date.now();
    await standIn(page, movedTo(made, THEN, now));
    await page.route('**/api/timeline?*', (request) => request.fulfill({ json: lastHour(now) }));
  } else {
    // not the name of a temporary folder
    await page.route('**/api/releases', async (request) => {
      const view = (await (await request.fetch()).json()) as ReleasesView;
      await request.fulfill({ json: { ...view, registry: releases.waiting.registry } });
    });
  }
  await go(page, `#/${route}`);
  await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
  if (state === 'wrong') await page.getByRole('alert').first().waitFor();
  await arrange(page, state, route);
  await page.locator('main .skeleton').first().waitFor({ state: 'detached' });
  // what fades in or comes late, such as what a version answers when it is away
  await page.waitForTimeout(3000);
  await page.mouse.move(1, 1);
  await page.screenshot({ path: join(images, `${route}-${state}.png`), animations: 'disabled' });
  await close();
}

/** Opens what says most. */
async function arrange(page: Page, state: State, route: PageRouteName): Promise<void> {
  if (route === 'predict') await page.getByTestId('class').waitFor();
  if (route === 'predict' && state === 'normal') await page.getByRole('button', { name: 'Record' }).click();
  if (route !== 'history' || state === 'empty') return;
  if (state === 'wrong') return page.getByRole('button', { name: 'Wrong', exact: true }).click();
  await page
    .getByRole('button', { name: /^Detail of/ })
    .nth(1)
    .click();
  await page.getByText('What if one value were typical?').click();
  await page.getByText('so far the probability of').waitFor();
}

const registry = mkdtempSync(join(tmpdir(), 'coppice-pictures-'));
cpSync(join(root, 'artifacts/registry'), registry, { recursive: true });
mkdirSync(images, { recursive: true });
const stack = await startStack({ registry, weights: { v1: 90, v2: 10 }, prometheus: await findTool('prometheus') });
const browser = await launchBrowser();
try {
  for (const state of states) {
    await prepare[state](stack);
    for (const { name } of pageRoutes) {
      await take(browser, stack, state, name);
      console.log(`docs/images/${name}-${state}.png`);
    }
  }
} finally {
  await browser.close();
  await stack.stop();
  rmSync(registry, { recursive: true, force: true });
}
process.exit();
