import type { TimelineReport } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resize } from '../page/resize.ts';
import { lastHour } from '../page/timeline-answers.ts';
import { sendTraffic } from '../page/traffic.ts';
import { sizes, violations } from '../page/violations.ts';
import { patchConfig, read, type Visit, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

let stack: Stack;
let browser: Browser;
let opened: Visit | undefined;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const section = () => page.getByRole('region', { name: 'Over time' });
const chart = (name: string) => section().getByRole('img', { name: new RegExp(`^${name} by the`) });
const period = (name: string) => section().getByRole('button', { name, exact: true });

async function open(hash: string, answer?: (url: URL) => TimelineReport): Promise<void> {
  await opened?.close();
  opened = await visit(browser, stack, '#/ops', { admin: true });
  page = opened.page;
  if (answer)
    await page.route('**/api/timeline?*', (route) => route.fulfill({ json: answer(new URL(route.request().url())) }));
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await section().waitFor();
}

describe('figures over time of the gateway itself', () => {
  it('say that nothing was recorded, until something is', async () => {
    await open('#/release');
    await section().getByText('Nothing was recorded in this time.').waitFor();
    await sendTraffic(stack, 120);
    await expect.poll(() => chart('Requests a minute').count(), { timeout: 45_000 }).toBe(1);
    expect(await chart('Accuracy').getAttribute('aria-label')).toMatch(/at last: v1 \d.* %, v2 \d.* %$/);
  });

  it('mark a change as soon as it is made, and lead to its entry in the audit', async () => {
    await patchConfig(stack, { weights: { v1: 75, v2: 25 }, reason: 'looks well' });
    await section()
      .getByText(/^\d+ changes? in this time/)
      .click();
    const change = section().getByRole('list', { name: 'Changes in this time' }).getByRole('listitem').first();
    await change.getByText(/by admin.*: looks well$/).waitFor();
    await change.getByRole('link', { name: /^Audit entry of/ }).click();
    const row = page.getByRole('region', { name: 'Audit' }).getByRole('row').filter({ hasText: 'looks well' });
    await row.and(page.locator(':focus')).waitFor();
    expect(page.url()).toMatch(/#\/release$/);
    expect(opened?.complaints).toEqual([]);
  });
});

describe('periods', () => {
  it('stand in the address, beside the period of the figures, and are what the gateway is asked for', async () => {
    const asked: number[] = [];
    await open('#/release?over=7d&since=1h', (url) => {
      asked.push(Date.now() - Date.parse(url.searchParams.get('since') ?? ''));
      return lastHour(Date.now());
    });
    expect(await period('7 d').getAttribute('aria-pressed')).toBe('true');
    await chart('Accuracy').waitFor();
    await period('24 h').click();
    await expect.poll(() => asked.map((ms) => Math.round(ms / 3_600_000))).toEqual([168, 24]);
    await expect.poll(() => page.url()).toMatch(/#\/release\?over=24h&since=1h$/);
    await page.reload();
    await expect.poll(() => period('24 h').getAttribute('aria-pressed')).toBe('true');
  });
});

describe('an hour with changes and gaps', () => {
  beforeAll(() => open('#/release', () => lastHour(Date.now())));

  it('has a chart of each figure, with the same axis and a mark for each change', async () => {
    for (const name of ['Accuracy', 'Requests a minute', 'p95 latency, ms', 'Errors']) {
      await chart(name).waitFor();
      expect(await chart(name).locator('title').allTextContents(), name).toEqual([
        'canary by admin: more trees',
        'v2 serves another model',
      ]);
    }
    const places = await section()
      .locator('svg .moment line')
      .evaluateAll((lines) => lines.map((line) => line.getAttribute('x1')));
    expect(new Set(places).size).toBe(2);
  });

  it('shows the accuracy of steps with enough feedback only, and gaps where a version answered nothing', async () => {
    const strokes = (name: string) =>
      chart(name)
        .locator('path.line')
        .first()
        .evaluate((path) => path.getAttribute('d')?.match(/[ML]/g)?.join('') ?? '');
    expect(await strokes('Accuracy')).toMatch(/^ML{24}ML{24}$/);
    expect(await strokes('p95 latency, ms')).toMatch(/^ML{24}ML{28}$/);
  });

  it.each(sizes)('fits $width pixels', async (size) => {
    await resize(page, size);
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  });

  it('has no WCAG 2.2 A or AA violation', async () => {
    await section().locator('summary').click();
    expect(await violations(page, 'timeline')).toEqual([]);
  });
});

it('asks the gateway at most every 30 seconds while requests come', async () => {
  let asked = 0;
  await open('#/release', () => {
    asked++;
    return lastHour(Date.now());
  });
  await chart('Accuracy').waitFor();
  const { revision } = await read<{ revision: number }>(stack, '/config');
  await sendTraffic(stack, 60);
  await page.waitForTimeout(6000);
  expect(revision).toBeGreaterThan(0);
  expect(asked).toBe(1);
});
