import { type DriftReport, type ModelCard, type PerformanceReport, scoreWords } from '@coppice/contract';
import { predict } from '@coppice/testkit/predict';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendTraffic } from './page/traffic.ts';
import { go, read, type Visit, visit } from './page/visit.ts';
import { type Stack, startStack } from './stack/stack.ts';

let stack: Stack;
let browser: Browser;
let opened: Visit;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  opened = await visit(browser, stack, '#/history');
  page = opened.page;
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const cells = (row: Locator) => row.getByRole('cell').allTextContents();

describe('before anything was predicted', () => {
  it.each([
    ['history', 'Nothing is recorded yet.'],
    ['drift', 'more samples needed'],
    ['release?since=24h', 'Nothing is recorded in this period.'],
  ])('%s says what to do', async (route, words) => {
    await go(page, `#/${route}`);
    await page.getByText(words).waitFor();
    await page.getByText('npm run simulate').first().waitFor();
  });
});

it('shows no figure of a single prediction', async () => {
  await predict(stack.gatewayUrl, { features: [5, 3, 2, 1] });
  await page.getByText('not enough data: 1 of 30 predictions').waitFor();
  await page.getByText('not enough data: 0 of 30 with feedback').first().waitFor();
});

describe('after 450 predictions with feedback', () => {
  beforeAll(() => sendTraffic(stack, 450));

  it('Drift shows the report of the gateway, worst feature first, and a table behind each picture', async () => {
    await go(page, '#/drift');
    await expect.poll(async () => (await read<DriftReport>(stack, '/drift')).ready, { timeout: 15_000 }).toBe(true);
    const report = await read<DriftReport>(stack, '/drift');
    const found = page.getByRole('region', { name: 'What drifted' });
    await found
      .getByText(report.drifted ? 'which rows' : 'Nothing drifted')
      .first()
      .waitFor();
    // the score stands last, and not by itself
    await page.getByText('Score over time').click();
    await page.getByText(scoreWords(report)).waitFor();
    const names = await page.locator('h2[id^="drift-"]').allTextContents();
    expect(names).toHaveLength(report.features.length);
    const severities = names.map((name) => {
      const feature = report.features.find((one) => one.feature === name.replace(/, cm$/, '').replaceAll(' ', '_'));
      return (feature?.drifted ? 0 : 1) * 10 + (feature?.ks?.p_adjusted ?? 1);
    });
    expect(severities).toEqual(severities.toSorted((a, b) => a - b));
    for (const feature of report.features) {
      const card = page.getByRole('region', { name: `${feature.feature.replaceAll('_', ' ')}, cm`, exact: true });
      expect(await card.textContent()).toContain(
        feature.verdict.replace(feature.feature, feature.feature.replaceAll('_', ' ')),
      );
      await card.getByText('As a table').click();
      const counts = ('training' in feature && feature.now?.histogram.counts) || [];
      const shown = await card.getByRole('row', { name: /^rows/ }).locator('td:nth-child(3)').allTextContents();
      expect(shown).toEqual(counts.map(String));
      expect(await card.getByRole('img').count()).toBe(1);
    }
  });

  it("shows a period's figures with their intervals and a confusion matrix per version, also at its former address", async () => {
    await go(page, '#/performance?since=24h');
    const report = await read<PerformanceReport>(stack, '/performance?since=24h');
    for (const version of report.versions) {
      const row = page
        .getByRole('table', { name: 'Figures of each version' })
        .getByRole('row', { name: new RegExp(`^${version.version} `) });
      await expect.poll(async () => (await cells(row)).join(' ')).toContain(percent(version.accuracy?.value ?? 0));
      const text = (await cells(row)).join(' ');
      expect(text).toContain(String(version.n));
      expect(text).toContain(`${((version.accuracy?.interval[0] ?? 0) * 100).toFixed(1)}–`);
      const matrix = page.getByRole('table', { name: `Actual against predicted class, ${version.version}` });
      expect((await matrix.getByRole('cell').allTextContents()).map(Number)).toEqual(version.confusion.flat());
    }
    await page.getByRole('button', { name: '15 min' }).click();
    await expect.poll(() => page.url()).toContain('#/release?since=15m');
  });

  it('Ops shows the health of every part and the card of each version', async () => {
    await go(page, '#/ops');
    const health = page.getByRole('region', { name: 'Health' });
    for (const part of ['page server', 'gateway', 'version v1', 'version v2'])
      await health.getByRole('row', { name: new RegExp(`^${part}`) }).waitFor();
    // what is not there takes no room
    await page.getByText('No Prometheus:').waitFor();
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['Health', 'Versions']);
    const card = await read<ModelCard>(stack, '/model-info?version=v2');
    await page.locator('summary', { hasText: 'v2' }).click();
    const text = () => page.locator('details', { hasText: 'Parameters and origin' }).textContent();
    await expect.poll(text).toContain(card.data.sha256);
    for (const shown of [card.artifact.sha256, percent(card.metrics.accuracy), String(card.parameters.trees)])
      expect(await text()).toContain(shown);
  });

  it('writes nothing to the console in all of this', () => expect(opened.complaints).toEqual([]));
});
