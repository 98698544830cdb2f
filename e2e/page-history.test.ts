import { readFileSync } from 'node:fs';
import type { HistoryPage, HistoryRow } from '@coppice/contract';
import { readIris } from '@coppice/testkit/iris';
import { predict, predictBatch } from '@coppice/testkit/predict';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendTraffic } from './page/traffic.ts';
import { go, patchConfig, read, type Visit, visit } from './page/visit.ts';
import { type Stack, startStack } from './stack/stack.ts';

let stack: Stack;
let browser: Browser;
let opened: Visit;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  await patchConfig(stack, { shadow: 'v2', reason: 'to see where the versions disagree' });
  await sendTraffic(stack, 450);
  await predict(stack.gatewayUrl, { features: [5, 3, 2, 1], user: 'customer 1' });
  opened = await visit(browser, stack, '#/history');
  page = opened.page;
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const grid = () => page.getByRole('grid', { name: 'Predictions, newest first' });
const drawn = () => grid().locator('[data-row]');
const ids = () => drawn().evaluateAll((rows) => rows.map((row) => row.getAttribute('data-row')));
const toggles = () => page.getByRole('button', { name: /^Detail of/ });
const total = () => page.locator('.total').textContent();
const live = () => page.getByRole('region', { name: 'Predictions' }).getByText('live', { exact: true });
const away = () => page.mouse.move(5, 5);
const matching = async (query: string) =>
  (await read<HistoryPage>(stack, `/predictions?${query}&limit=1000&count=true`)).predictions;
const focusedRow = () => page.evaluate("document.activeElement.closest('[data-row]')?.dataset.row");

beforeEach(async () => {
  await away();
  await go(page, '#/history');
  await page.reload();
  await live().waitFor();
});

describe('what comes in', () => {
  it('is asked for every two seconds, with rows or without', async () => {
    for (const hash of ['#/history', '#/history?version=v9']) {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await go(page, hash);
      await page.waitForTimeout(5000);
      page.removeAllListeners('request');
      expect(asked.filter((path) => path.endsWith('/predictions')).length).toBeLessThanOrEqual(4);
    }
  });

  it('is shown on top while nobody reads', async () => {
    const { prediction_id } = await predict(stack.gatewayUrl, { features: [5, 3, 2, 1] });
    await expect.poll(async () => (await ids())[0], { timeout: 15_000 }).toBe(prediction_id);
  });

  it('waits while the pointer is over the rows, is counted, and comes at a press', async () => {
    const [first] = await ids();
    await drawn().nth(3).hover();
    await page.getByText('stands still while you read').waitFor();
    for (let i = 0; i < 3; i++) await predict(stack.gatewayUrl, { features: [5, 3, 2, 1] });
    const { prediction_id } = await predict(stack.gatewayUrl, { features: [6, 3, 2, 1] });
    await page.getByRole('button', { name: '4 new' }).waitFor({ timeout: 15_000 });
    expect((await ids())[0]).toBe(first);
    await page.getByRole('button', { name: '4 new' }).click();
    await expect.poll(async () => (await ids())[0]).toBe(prediction_id);
  });

  it('waits while a row has the focus or is open, and after Pause', async () => {
    const waits = async () => {
      const [first] = await ids();
      await predict(stack.gatewayUrl, { features: [5, 3, 2, 1] });
      await page.getByRole('button', { name: /^\d+ new$/ }).waitFor({ timeout: 15_000 });
      return (await ids())[0] === first;
    };
    await toggles().first().focus();
    expect(await waits()).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1 }).click();
    expect(await waits()).toBe(true);
    await toggles().first().click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await away();
    expect(await waits()).toBe(true);
    const [before] = await ids();
    await page.getByRole('button', { name: /^\d+ new$/ }).press('Enter');
    await expect.poll(async () => (await ids())[0]).not.toBe(before);
    await expect.poll(focusedRow).toBe((await ids())[0]);
    await page.getByRole('button', { name: 'Pause' }).click();
    await away();
    await live().waitFor();
  });
});

describe('the filters', () => {
  it.each([
    ['version=v2&class=setosa', []],
    ['source=api&route=pinned&since=24h', []],
    ['correct=false', ['Wrong']],
    ['max_probability=0.6', ['Unsure: below 60 %']],
    ['disagree=true', ['Versions disagree']],
    ['user=customer+1', []],
    ['feature=petal_length&min=4.5&max=5', []],
  ])('%s come from the address, and stay after a reload', async (query, pressed) => {
    const expected = await matching(query);
    expect(expected.length).toBeGreaterThan(0);
    await go(page, `#/history?${query}`);
    const shown = async () => {
      await expect
        .poll(total, { timeout: 15_000 })
        .toBe(`${expected.length} prediction${expected.length === 1 ? ' matches' : 's match'}`);
      expect((await ids())[0]).toBe(expected[0]?.prediction_id);
    };
    await shown();
    for (const name of pressed)
      expect(await page.getByRole('button', { name }).getAttribute('aria-pressed')).toBe('true');
    await page.reload();
    await shown();
    expect(page.url()).toContain(query);
  });

  it('go to the address when they are set, and away when they are cleared', async () => {
    await page.getByRole('combobox', { name: 'Version' }).selectOption('v2');
    await page.getByRole('combobox', { name: 'Feature' }).selectOption('sepal_length');
    await page.getByRole('spinbutton', { name: 'sepal length from' }).fill('5');
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox', { name: 'User' }).fill('customer 1');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Wrong' }).click();
    await expect
      .poll(() => page.url())
      .toMatch(/#\/history\?version=v2&correct=false&user=customer\+1&feature=sepal_length&min=5$/);
    await page.getByText('No prediction matches these filters.').waitFor();
    await page.getByRole('button', { name: 'Clear all' }).click();
    await expect.poll(() => page.url()).toMatch(/#\/history$/);
    await expect.poll(() => drawn().count()).toBeGreaterThan(9);
  });

  it('show what the shadow version answered where the versions disagree', async () => {
    const [row] = await matching('disagree=true');
    await page.getByRole('button', { name: 'Versions disagree' }).click();
    const words = `${row?.class} ${row?.shadow?.version}: ${row?.shadow?.class}`;
    await expect.poll(async () => (await drawn().first().textContent())?.replaceAll(/\s+/g, ' ')).toContain(words);
  });

  it('hold for the exported CSV, too', async () => {
    await go(page, '#/history?version=v2&class=setosa');
    const predictions = await matching('version=v2&class=setosa');
    await expect.poll(total).toBe(`${predictions.length} predictions match`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split(/\r?\n/);
    expect(lines).toHaveLength(predictions.length + 1);
    expect(lines[1]).toContain(predictions[0]?.prediction_id);
  });
});

it('shows a row in detail, takes feedback on it, and closes by Escape', async () => {
  await go(page, '#/history?version=v2&class=setosa');
  const [row] = await matching('version=v2&class=setosa');
  await expect.poll(async () => (await ids())[0]).toBe(row?.prediction_id);
  await drawn().first().getByText('setosa').first().click();
  await page.getByText(row?.prediction_id ?? 'none').waitFor();
  await page
    .getByRole('group', { name: /actually/ })
    .getByRole('button', { name: 'virginica' })
    .click();
  const kept = async () => (await read<HistoryRow>(stack, `/predictions/${row?.prediction_id}`)).actual;
  await expect.poll(kept).toBe('virginica');
  await expect.poll(() => drawn().first().textContent()).toContain('✗');
  await page.keyboard.press('Escape');
  await page.locator('.detail').waitFor({ state: 'detached' });
  expect(await focusedRow()).toBe(row?.prediction_id);
});

describe('with 10,000 more rows', () => {
  beforeAll(async () => {
    const { rows } = readIris();
    const instances = Array.from({ length: 1000 }, (_, i) => rows[i % rows.length] as number[]);
    for (let i = 0; i < 10; i++) await predictBatch(stack.gatewayUrl, instances);
  });

  it('is gone through by keyboard, row by row, screen by screen, and to its ends', async () => {
    const [first, second] = await ids();
    await toggles().first().focus();
    await page.keyboard.press('ArrowDown');
    expect(await focusedRow()).toBe(second);
    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageDown');
    const far = await focusedRow();
    expect(await toggles().and(page.locator(':focus')).count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.locator('.detail').waitFor();
    await page.keyboard.press('Escape');
    expect(await focusedRow()).toBe(far);
    await page.keyboard.press('End');
    await expect.poll(focusedRow).not.toBe(far);
    await page.keyboard.press('Home');
    expect(await focusedRow()).toBe(first);
    // one stop for Tab, not thousands
    await page.keyboard.press('Tab');
    expect(await focusedRow()).toBeUndefined();
  });

  it('draws few of them, at no more than 50 ms of work for a step, down to the very first', async () => {
    const all = (await read<HistoryPage>(stack, '/predictions?limit=1&count=true')).total?.rows ?? 0;
    expect(all).toBeGreaterThan(10_000);
    await expect.poll(total).toBe(`${all.toLocaleString('en')} predictions`);
    expect(Number(await grid().getAttribute('aria-rowcount'))).toBe(all + 1);
    const devtools = await page.context().newCDPSession(page);
    // processor time of the page's thread: a busy machine does not make it longer
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const worked = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
    };
    const perRow = await drawn().first().locator('*').count();
    const steps: number[] = [];
    let most = 0;
    let before = await worked();
    for (let last = 0; last < all; ) {
      await page.evaluate(
        "new Promise((done) => { document.querySelector('[role=grid]').scrollTop += 2000; requestAnimationFrame(() => requestAnimationFrame(done)) })",
      );
      const now = await worked();
      steps.push(now - before);
      before = now;
      most = Math.max(most, await page.locator('*').count());
      last = Number(await drawn().last().getAttribute('aria-rowindex')) - 1;
      before = await worked();
    }
    steps.sort((a, b) => a - b);
    console.log(
      `${most} elements of ${perRow} a row; work of a step: ${steps.at(steps.length >> 1)?.toFixed(1)} ms, at most ${steps.at(-1)?.toFixed(1)} ms`,
    );
    expect(most).toBeLessThan(400 * perRow);
    expect(await drawn().count()).toBeLessThan(60);
    expect(steps.at(-1)).toBeLessThanOrEqual(50);
    const oldest = await drawn().last().getAttribute('data-row');
    expect((await matching(`until=${new Date(Date.now()).toISOString()}`)).at(-1)?.prediction_id).not.toBe(oldest);
    const kept = await read<HistoryRow>(stack, `/predictions/${oldest}`);
    expect((await matching(`until=${kept.time}`)).length).toBe(0);
  });
});

it('writes nothing to the console in all of this', () => expect(opened.complaints).toEqual([]));
