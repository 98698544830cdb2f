import type { ComparisonReport, PerformanceReport } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alarms, candidate, noFeedback, twoEpochs } from './page/experiment-answers.ts';
import { sendJudged } from './page/judged-traffic.ts';
import { standIn } from './page/stand-in.ts';
import { go, patchConfig, read, shoot, type Visit, visit } from './page/visit.ts';
import { type Stack, startStack } from './stack/stack.ts';

let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const card = (page: Page) => page.getByRole('region', { name: 'Which version is better' });
const rowOf = (page: Page, metric: string) => card(page).getByRole('row', { name: new RegExp(`^${metric} `) });

/** A sentence up to how long a difference still takes, which changes from second to second. */
const untilTime = (words = 'none') => words.split(/, in (?:a minute|[\d,]+ )/)[0] as string;

describe('the comparison of the gateway', () => {
  let opened: Visit;
  let page: Page;
  beforeAll(async () => {
    opened = await visit(browser, stack, '#/release');
    page = opened.page;
  });
  afterAll(() => opened?.close());

  const report = () => read<ComparisonReport>(stack, '/comparison');
  const reload = async () => {
    await page.reload();
    await card(page).getByRole('heading', { level: 3 }).first().waitFor();
  };

  /** Waits until the comparison has the feedback of so many answers of v2. */
  const counted = (n: number) =>
    expect
      .poll(
        async () => (await report()).candidates[0]?.means.find(({ metric }) => metric === 'accuracy')?.candidate.n,
        {
          timeout: 30_000,
        },
      )
      .toBeGreaterThan(n);

  it('says before anything was sent what is missing and how to send it', async () => {
    await card(page).getByText('No feedback yet').waitFor();
    await card(page).getByText('npm run simulate -- --feedback 0.8').waitFor();
    await expect.poll(() => rowOf(page, 'accuracy').textContent()).toContain('not enough data');
  });

  it("shows the gateway's own sentence, and its figures in their units", async () => {
    await sendJudged(stack, 600, { v1: 0.95, v2: 0.93 });
    await counted(200);
    await reload();
    const [seen] = (await report()).candidates;
    await card(page).getByText(untilTime(seen?.words)).waitFor();
    const accuracy = await rowOf(page, 'accuracy').textContent();
    expect(accuracy).toContain(`${((seen?.means[0]?.candidate.mean ?? 0) * 100).toFixed(1)} %`);
    expect(accuracy).toContain(`${seen?.means[0]?.candidate.n} rows with feedback`);
    expect(accuracy).toContain('points');
    expect(accuracy).toContain(seen?.means[0]?.verdict ?? 'none');
    const loss = rowOf(page, 'log loss');
    if ((await loss.count()) > 0) expect(await loss.textContent()).not.toContain('%');
    await shoot(page, 'comparison');
  });

  it('names no winner after 50/50 and then 90/10 with harder rows, where pooled accuracy names the wrong one', async () => {
    await patchConfig(stack, { weights: { v1: 90, v2: 10 }, reason: 'harder rows come' });
    await sendJudged(stack, 900, { v1: 0.7, v2: 0.68 });
    await counted(50);
    const pooled = await read<PerformanceReport>(stack, '/performance?since=1h');
    const of = (version: string) => pooled.versions.find((one) => one.version === version)?.accuracy?.value ?? 0;
    expect(of('v2') - of('v1')).toBeGreaterThan(0.05);
    await reload();
    await expect.poll(() => card(page).textContent()).not.toContain('better:');
    await page
      .getByText(untilTime((await report()).candidates[0]?.words))
      .first()
      .waitFor({ timeout: 15_000 });
    expect(await page.locator('main').textContent()).not.toMatch(/v\d is (better|worse)/);
  });

  it('shows the figures of each epoch apart, and of the whole period neither accuracy nor errors', async () => {
    const { epochs, comparison, words } = await read<PerformanceReport>(stack, '/performance?since=24h');
    expect(epochs).toHaveLength(2);
    await go(page, '#/release?since=24h');
    await page.getByRole('region', { name: 'Changes in this period' }).getByText(words).waitFor({ timeout: 15_000 });
    const shown = await page.getByRole('table', { name: 'Figures of each epoch' }).getByRole('row').allTextContents();
    const after = (share: string) => shown[shown.findIndex((row) => row.includes(share)) + 1];
    const accuracies = epochs.map(({ versions }) => `${((versions[0]?.accuracy?.value ?? 0) * 100).toFixed(1)} %`);
    expect([after('v1 50 %, v2 50 %'), after('v1 90 %, v2 10 %')]).toEqual(
      accuracies.map((text) => expect.stringContaining(text)),
    );
    const whole = await page.getByRole('region', { name: 'Latency of the whole period' }).textContent();
    expect(whole).not.toContain('%');
    const within = page.getByRole('region', { name: 'Compared within the epochs of this period' });
    await within.getByText(untilTime(comparison?.candidates[0]?.words)).waitFor();
    expect(await page.locator('main').textContent()).not.toMatch(/v\d is (better|worse)/);
    await shoot(page, 'epochs-apart');
  });

  it('writes nothing to the console in all of this', () => expect(opened.complaints).toEqual([]));
});

describe('a comparison with much to say', () => {
  let opened: Visit;
  let page: Page;
  beforeAll(async () => {
    opened = await visit(browser, stack, '#/predict');
    page = opened.page;
  });
  afterAll(() => opened?.close());

  const show = async (report: Parameters<typeof standIn>[1]['comparison']) => {
    await page.unrouteAll({ behavior: 'wait' });
    const state = await standIn(page, { comparison: report, rollout: { revision: 1, rollout: null } });
    await go(page, '#/predict');
    await go(page, '#/release');
    return state;
  };

  it('writes shares in points and costs as numbers, and says which way is better', async () => {
    await show(twoEpochs);
    await expect.poll(() => rowOf(page, 'accuracy').textContent()).toContain('+2.3 points');
    expect(await rowOf(page, 'accuracy').textContent()).toContain('higher is better');
    const cost = await rowOf(page, 'cost').textContent();
    expect(cost).toContain('−0.041 to +0.012');
    expect(cost).not.toContain('%');
    expect(cost).toContain('lower is better');
    expect(cost).toContain('A difference of 0.02 shows in about 11 h');
  });

  it('draws each difference with zero in the middle and better to the right', async () => {
    const bar = (metric: string) => rowOf(page, metric).getByRole('img');
    expect(await bar('accuracy').getAttribute('aria-label')).toBe(
      'v2 − v1: +2.3 points, interval +0.6 to +4.0 points; higher is better',
    );
    const middle = async (metric: string) => {
      const [zero, value] = await Promise.all(
        ['.zero', '.value'].map((part) => bar(metric).locator(part).boundingBox()),
      );
      return (value?.x ?? 0) + (value?.width ?? 0) / 2 - (zero?.x ?? 0);
    };
    expect(await middle('accuracy')).toBeGreaterThan(10);
    // more errors are worse: the positive difference lies to the left
    expect(await middle('errors')).toBeLessThan(-10);
    expect(await middle('cost')).toBeGreaterThan(10);
  });

  it('shows the same rows, the first verdict, and the epochs with their weights', async () => {
    await card(page).getByText('31 : 4', { exact: true }).waitFor();
    await card(page)
      .getByText(/First verdict on accuracy: better/)
      .waitFor();
    await card(page).getByText('2 epochs, compared within each and never pooled').click();
    const epochs = await card(page).getByRole('group', { name: 'Epochs' }).getByRole('row').allTextContents();
    expect(epochs[1]).toContain('v1 90 %, v2 10 %');
    expect(epochs[2]).toContain('v1 50 %, v2 50 %');
    // events of several epochs divided by their requests would be pooled
    const errors = await rowOf(page, 'errors').textContent();
    expect(errors).toContain('0.81 %');
    expect(errors).not.toMatch(/214|52 of/);
  });

  it('shows the design effect and quiet checks on demand only', async () => {
    const effect = card(page).getByText('Design effect of accuracy: 1.18');
    expect(await effect.isVisible()).toBe(false);
    await card(page).getByText('How sure, and what is checked').click();
    await effect.waitFor();
    await card(page).getByText('Assignment, ok: v2 got 26,571 of 52,981 requests').waitFor();
  });

  it('puts checks that alarm first', async () => {
    await show(alarms);
    await card(page).getByText('Requests are not assigned by the weights.').waitFor();
    await card(page).getByText('Feedback is not equally frequent.').waitFor();
    expect(await rowOf(page, 'accuracy').textContent()).toContain('withheld');
  });

  it('keeps the last figures when the gateway fails, and says so', async () => {
    const state = await show(noFeedback);
    await card(page).getByText('none seen: errors').waitFor();
    state.comparison = { status: 503, detail: 'The record cannot be read.' };
    await page
      .getByRole('alert')
      .filter({ hasText: 'The comparison: The record cannot be read.' })
      .waitFor({ timeout: 20_000 });
    await card(page).getByText('none seen: errors').waitFor();
  });

  it('says why there is nothing to compare', async () => {
    const why = 'v1 alone has weight, and no shadow runs: there is nothing to compare.';
    await show({ ...twoEpochs, candidates: [], epochs: [], notes: [why] });
    await card(page).getByText(why).waitFor();
  });

  it('takes names and words as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    await show({ ...twoEpochs, candidates: [{ ...candidate, words: hostile }] });
    await card(page).getByText(hostile).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
  });
});
