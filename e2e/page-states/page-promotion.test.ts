import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryPage, ReleasesView, RolloutReport } from '@coppice/contract';
import { predict } from '@coppice/testkit/predict';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import { root } from '@coppice/testkit/programs/run-command';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendJudged } from '../page/judged-traffic.ts';
import { violations } from '../page/violations.ts';
import { go, read, type Visit, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

let folder: string;
let stack: Stack;
let browser: Browser;
let opened: Visit;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-page-promotion-'));
  // the bundled models as releases, as the set-up publishes them
  cpSync(join(root, 'artifacts/registry'), folder, { recursive: true });
  [stack, browser] = await Promise.all([
    startStack({ registry: folder, weights: { v1: 90, v2: 10 } }),
    launchBrowser(),
  ]);
  opened = await visit(browser, stack, '#/release', { admin: true });
  page = opened.page;
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const region = (name: string) => page.getByRole('region', { name, exact: true });
const dialog = (name: string) => page.getByRole('dialog', { name });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const view = () => read<ReleasesView>(stack, '/releases');
const row = (number: number) => region('Releases').getByRole('row', { name: new RegExp(`^${number} `) });

describe('a release that is promoted by a rollout', () => {
  let before: ReleasesView;

  it('is approved first', async () => {
    before = await view();
    expect(before).toMatchObject({ champion: 1, challenger: 2 });
    await predict(stack.gatewayUrl, { features: [5.9, 3, 5.1, 1.8] }, { 'x-model-version': 'v1' });
    await button('Approve release 2…').click();
    await dialog('Approve release 2?').getByRole('textbox', { name: 'Reason' }).fill('more trees');
    await dialog('Approve release 2?').getByRole('button', { name: 'Approve release 2' }).click();
    await row(2).getByText('approved by admin').waitFor();
  });

  it('gets traffic step by step', async () => {
    await region('Rollout').getByRole('button', { name: 'Start a rollout…' }).click();
    const start = dialog('Start a rollout?');
    await start.getByRole('textbox', { name: 'Reason' }).fill('more trees');
    await start.getByRole('checkbox', { name: /^Promote release 2 once it is done/ }).check();
    await start.getByText('Steps, guardrails and proof').click();
    await start.getByRole('textbox', { name: /^Steps/ }).fill('50');
    await start.getByRole('spinbutton', { name: 'Least minutes of a step' }).fill('0.01');
    await start.getByRole('spinbutton', { name: 'Least requests of a step' }).fill('10');
    await start.getByRole('button', { name: 'Start with v2' }).click();
    await region('Rollout').getByText('Once it is done, release 2 becomes the champion.').waitFor();
    await sendJudged(stack, 3000, { v1: 1, v2: 1 });
  });

  it('becomes the champion when the rollout is done, and the page shows it', async () => {
    await expect
      .poll(async () => (await read<RolloutReport>(stack, '/rollout')).rollout?.state, { timeout: 90_000 })
      .toBe('done');
    await expect.poll(async () => (await view()).champion, { timeout: 40_000 }).toBe(2);
    await region('Rollout').getByText('done', { exact: true }).first().waitFor({ timeout: 20_000 });
    await expect.poll(() => row(2).textContent(), { timeout: 20_000 }).toMatch(/champion.*v1/s);
    await expect
      .poll(() => page.getByRole('heading', { level: 1 }).textContent(), { timeout: 20_000 })
      .toMatch(/v1 · all traffic$/);
    await button('Take back release 2…').waitFor();
    expect(await violations(page, 'promoted-by-rollout')).toEqual([]);
  });

  it('leaves the rows that the former champion answered with its number', async () => {
    const { predictions } = await read<HistoryPage>(stack, '/predictions?version=v1&route=pinned&limit=1');
    expect(predictions[0]?.release).toBe(before.releases.find(({ number }) => number === 1)?.card_sha256);
    await go(page, '#/history?version=v1&route=pinned');
    await page.getByRole('button', { name: /^Detail of/ }).click();
    const detail = page.locator('.detail');
    await expect.poll(() => detail.textContent()).toMatch(/release\s*1\s/);
    await detail.getByText('What if one value were typical?').click();
    await detail.getByText('v1 serves release 2 by now; release 1 answered this row.').waitFor();
  });

  it('is taken back by one confirmation', async () => {
    await go(page, '#/release');
    await button('Take back release 2…').click();
    await dialog('Take back release 2?').getByRole('button', { name: 'Take back' }).click();
    await expect.poll(async () => (await view()).champion).toBe(1);
    await expect.poll(() => row(1).textContent(), { timeout: 20_000 }).toMatch(/champion/);
    expect(opened.complaints).toEqual([]);
  });
});

describe('a row of the history', () => {
  it('is explained by what each typical value would change, in one request that is not recorded', async () => {
    await predict(stack.gatewayUrl, { features: [5.9, 3, 5.1, 1.8] }, { 'x-model-version': 'v2' });
    await go(page, '#/history?version=v2&route=pinned');
    await page.reload();
    await page
      .getByRole('button', { name: /^Detail of/ })
      .first()
      .click();
    const asked: string[] = [];
    page.on('request', (request) => request.url().endsWith('/api/predict') && asked.push(request.postData() ?? ''));
    const count = async () => (await read<HistoryPage>(stack, '/predictions?limit=1&count=true')).total?.rows;
    const recorded = await count();
    const detail = page.locator('.detail');
    await expect.poll(() => detail.textContent()).toMatch(/release\s*2\s/);
    await detail.getByText('What if one value were typical?').click();
    await detail.getByText('so far the probability of virginica moves').waitFor();
    const lines = await detail.getByRole('listitem').allTextContents();
    expect(lines[0]).toMatch(/petal (length|width).* → .*−\d/);
    expect(asked).toHaveLength(1);
    expect(JSON.parse(asked[0] ?? '')).toMatchObject({ preview: true });
    expect(await count()).toBe(recorded);
    expect(await violations(page, 'history-explained')).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });
});
