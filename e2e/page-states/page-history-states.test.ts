import type { HistoryPage, HistoryRow } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { resize } from '../page/resize.ts';
import { violations } from '../page/violations.ts';
import { visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

type Answer = HistoryPage | { status: number; detail: string };

let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const NOON = Date.UTC(2026, 2, 2, 12);
const LONG = 'a class with a name that is longer than any column, 🌲 and more';

/** Row `i` of a list, newest first. */
function aRow(i: number, changes: Partial<HistoryRow> = {}): HistoryRow {
  const time = new Date(NOON - i * 1000).toISOString();
  const name = ['setosa', 'versicolor', 'virginica'][i % 3] as string;
  return {
    ...{
      prediction_id: `0199${String(99_999 - i).padStart(8, '0')}`,
      time,
      model_version: i % 4 ? 'v1' : 'v2',
      assigned: 'v1',
    },
    ...{
      release: 'ab'.repeat(32),
      route: i % 5 ? 'weighted' : 'failover',
      source: i % 7 ? 'api' : 'page',
      reference: null,
    },
    ...{
      user_hash: i % 2 ? '0123456789abcdef' : null,
      feature_names: ['sepal_length', 'sepal_width'],
      features: [5.1, 3],
    },
    ...{ prediction: i % 3, class: name, probability: [0.1, 0.2, 0.7], latency_ms: 3 + i, error: null, outcome: null },
    actual: i % 3 === 1 ? name : i % 3 === 2 ? 'setosa' : null,
    ...changes,
  };
}

const odd: HistoryRow[] = [
  aRow(0, { class: LONG, actual: LONG, shadow: { version: 'v2', class: LONG } }),
  aRow(1, {
    prediction: null,
    class: null,
    probability: null,
    error: 'the version answered 503 and nothing that could be read',
    actual: null,
  }),
  aRow(2, { probability: null, latency_ms: 61_000, model_version: 'a-version-that-is-gone' }),
];
const many = Array.from({ length: 200 }, (_, i) => aRow(i));
const pageOf = (rows: HistoryRow[], more: Partial<HistoryPage> = {}): HistoryPage => ({
  ...{ predictions: rows, next_cursor: null, total: { rows: rows.length, exact: true } },
  ...more,
});

/** Answers the page's requests for the history: the first page, and those with a cursor or of what is newer. */
async function show(
  { first, older = pageOf([]), newer = pageOf([]) }: { first: Answer; older?: Answer; newer?: Answer },
  hash = '#/history',
): Promise<Page> {
  const { page, close } = await visit(browser, stack, '#/ops', { events: false });
  onTestFinished(close);
  await page.route(/\/api\/predictions/, (route) => {
    const { searchParams: asked } = new URL(route.request().url());
    const answer = asked.has('cursor') ? older : asked.has('after') ? newer : first;
    return route.fulfill({ status: 'status' in answer ? answer.status : 200, json: answer });
  });
  await page.evaluate(`location.hash = '${hash}'`);
  await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
  return page;
}

const stopped = { next_cursor: 'AaHlXzYAfliKio8-DXtCHw', searched_to: '2026-03-01T09:14:00.000Z' };
const states: Record<string, () => Promise<Page>> = {
  'many rows': () => show({ first: pageOf(many, { total: { rows: 5_000_000, exact: true } }) }),
  'odd rows': () => show({ first: pageOf(odd) }, '#/history?disagree=true'),
  'an open row': async () => {
    const page = await show({ first: pageOf(many) });
    await page
      .getByRole('button', { name: /^Detail of/ })
      .nth(2)
      .click();
    await page.locator('.detail').waitFor();
    return page;
  },
  'new rows': async () => {
    const page = await show({ first: pageOf(many), newer: pageOf([], { total: { rows: 37, exact: true } }) });
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: '37 new' }).waitFor({ timeout: 15_000 });
    return page;
  },
  'no match': async () => {
    const page = await show({ first: pageOf([]) }, '#/history?version=v2&correct=false&feature=petal_length&min=1');
    await page.getByText('No prediction matches these filters.').waitFor();
    return page;
  },
  'a search that stopped': async () => {
    const page = await show(
      { first: pageOf(many.slice(0, 3), { ...stopped, total: { rows: 3, exact: false } }) },
      '#/history?user=me',
    );
    await page.getByText('Searched back to').waitFor();
    return page;
  },
  'older rows that do not come': async () => {
    const away = { status: 503, detail: 'the database is away' };
    const page = await show({ first: pageOf(many.slice(0, 50), { next_cursor: stopped.next_cursor }), older: away });
    await page.getByText('the database is away').waitFor({ timeout: 20_000 });
    return page;
  },
};

describe.each(Object.keys(states))('the history with %s', (state) => {
  it('has no WCAG 2.2 A or AA violation, and is not wider than a phone', async () => {
    const page = await (states[state] as () => Promise<Page>)();
    expect(await violations(page, `history-${state}`)).toEqual([]);
    await resize(page, { width: 320, height: 740 });
    for (const width of [
      'document.documentElement.scrollWidth',
      "document.querySelector('[role=grid]')?.scrollWidth ?? 0",
    ])
      await expect.poll(() => page.evaluate<number>(width)).toBeLessThanOrEqual(320);
  });
});

it('searches further back until there is a row, and says so', async () => {
  const page = await show({ first: pageOf([], stopped), older: pageOf([aRow(3)]) }, '#/history?user=me');
  await page.getByRole('button', { name: 'Search further back' }).click();
  await page.locator('[data-row]').waitFor();
  await page.getByText('Searched back to').waitFor({ state: 'detached' });
});

it('loads older rows again after a failure', async () => {
  let fails = true;
  const page = await show({ first: pageOf(many.slice(0, 50), { next_cursor: stopped.next_cursor }) });
  await page.route(/cursor=/, (route) =>
    fails
      ? route.fulfill({ status: 503, json: { status: 503, detail: 'away' } })
      : route.fulfill({ json: pageOf([aRow(60)]) }),
  );
  await page.reload();
  await page.getByText('Older predictions: away').waitFor({ timeout: 20_000 });
  fails = false;
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByText('Older predictions: away').waitFor({ state: 'detached' });
  await page
    .getByRole('button', { name: /^Detail of/ })
    .first()
    .focus();
  await page.keyboard.press('End');
  await expect.poll(() => page.locator('[data-row]').last().getAttribute('aria-rowindex')).toBe('52');
});
