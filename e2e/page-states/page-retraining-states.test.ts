import type { RetrainingView, RetrainJob } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportOf, twoEpochs } from '../page/experiment-answers.ts';
import { waiting } from '../page/release-answers.ts';
import { resize } from '../page/resize.ts';
import { standIn } from '../page/stand-in.ts';
import { violations } from '../page/violations.ts';
import { go, shoot, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

let stack: Stack;
let browser: Browser;
let page: Page;
let answer: RetrainingView = { jobs: [], trouble: null };

const job = (id: number, changes: Partial<RetrainJob> = {}): RetrainJob => ({
  ...{ id, model: 'iris', cause: { kind: 'alert', text: 'FeatureDrift: The feature petal_length drifts' }, who: 'r:1' },
  ...{ started_at: '2026-03-01T03:00:00.000Z', ended_at: '2026-03-01T03:02:12.000Z', state: 'refused by the gate' },
  ...{ decision: 'Release 6 fails “accuracy >= 0.9”: 0.870, 0.030 short. It keeps no alias.', release: 6 },
  ...{ rows: { base: 120, recorded: 300, train: 360, test: 60 }, gate: [], data: 'ab'.repeat(32) },
  ...changes,
});
const jobs = [
  job(5, { state: 'running', ended_at: null, decision: '', release: null, started_at: new Date().toISOString() }),
  job(4, {
    ...{ state: 'waits for approval', release: 7 },
    decision: "Release 7 waits for a person's approval: npm run registry -- approve 7",
  }),
  job(3, { state: 'failed', decision: `the gateway at http://${'a-long-name'.repeat(12)} cannot be reached.` }),
  job(2),
  job(1, { state: 'refused', decision: '12 rows with feedback, 200 needed (RETRAIN_MIN_ROWS).', release: null }),
];

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  ({ page } = await visit(browser, stack, '#/predict', { admin: true, events: false }));
  await standIn(page, { comparison: twoEpochs, rollout: reportOf(null), releases: waiting });
  await page.route('**/api/retraining', (route) => route.fulfill({ json: answer }));
  await page.route('**/api/retraining/*', (route) =>
    route.fulfill({ json: { ...jobs[1], log: ['2026-03-01T03:00:00.000Z begun by alert', `${'x'.repeat(400)}`] } }),
  );
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const section = () => page.getByRole('region', { name: 'Retraining', exact: true });
async function show(view: RetrainingView): Promise<void> {
  answer = view;
  await go(page, '#/predict');
  await go(page, '#/release');
  await page.getByRole('region', { name: 'Releases' }).waitFor();
}

it('shows nothing of retraining while there is no job', async () => {
  await show({ jobs: [], trouble: null });
  await page.getByRole('region', { name: 'Audit' }).waitFor();
  expect(await section().count()).toBe(0);
});

it('shows cause, state and decision of the newest jobs, the others on demand, and a log once it is opened', async () => {
  await show({ jobs, trouble: null });
  await section().waitFor();
  const rows = section().getByRole('row');
  expect(await rows.count()).toBe(1 + 3);
  expect(await rows.nth(2).innerText()).toMatch(
    /Alert: FeatureDrift: The feature petal_length drifts[\s\S]*2 min[\s\S]*7[\s\S]*waits for approval[\s\S]*approve 7/,
  );
  await section().getByRole('button', { name: 'All 5 jobs' }).click();
  expect(await rows.count()).toBe(1 + 5);
  await section().getByText('Log of job 4').click();
  await section().getByText('begun by alert').waitFor();
});

it('says why what stands there is old', async () => {
  await show({ jobs, trouble: 'the folder is away' });
  await section().getByRole('alert').filter({ hasText: 'the folder is away' }).waitFor();
});

it('fits a phone and a desk, and anyone can use it', async () => {
  await show({ jobs, trouble: null });
  await section().getByText('Log of job 4').click();
  await section().getByText('begun by alert').waitFor();
  for (const width of [1280, 360]) {
    await resize(page, { width, height: 800 });
    await expect
      .poll(() => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'))
      .toBeLessThanOrEqual(0);
    if (process.env.PAGE_SHOTS) {
      await section().scrollIntoViewIfNeeded();
      await shoot(page, `retraining-${width}`);
    }
  }
  expect(await violations(page, 'retraining')).toEqual([]);
});
