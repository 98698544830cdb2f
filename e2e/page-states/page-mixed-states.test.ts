import type { ConfigView } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cut } from '../page/cut.ts';
import { crowdedCard, mixedCard, wideCard } from '../page/mixed-card.ts';
import { standInForModel } from '../page/mixed-stand-in.ts';
import { resize } from '../page/resize.ts';
import { violations } from '../page/violations.ts';
import { go, type Visit, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

const sizes = [1280, 768, 360].map((width) => ({ width, height: 800 }));
let stack: Stack;
let browser: Browser;
let opened: Visit;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
afterEach(() => opened.close());
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

/** A place of the page of a model with this card. */
async function show(card: typeof mixedCard, hash = '#/predict') {
  opened = await visit(browser, stack, '#/predict', { events: false });
  const { page } = opened;
  const { sent } = await standInForModel(page, card);
  await go(page, hash);
  await page.reload();
  return { page, sent };
}

async function expectSound(page: Page, name: string): Promise<void> {
  expect(await violations(page, name, sizes)).toEqual([]);
  for (const size of [...sizes, { width: 320, height: 800 }]) {
    await resize(page, size);
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth'), { message: name }).toBe(size.width);
    await expect.poll(() => cut(page), { message: `${name} at ${size.width}` }).toEqual([]);
  }
  expect(opened.complaints).toEqual([]);
}

describe('the page of a model with features of all kinds', () => {
  it('has no violation and cuts nothing off on Predict', async () => {
    const { page } = await show(mixedCard);
    await page.getByTestId('class').waitFor();
    await page.getByText('As a table').click();
    await page.getByRole('combobox', { name: 'Sweep' }).selectOption('contract');
    await page.getByRole('img', { name: /^Probability of stays where contract is Month-to-month, / }).waitFor();
    await expectSound(page, 'mixed');
  });

  it('has none with gaps, another value and an empty field, either', async () => {
    const { page, sent } = await show(mixedCard);
    await page.getByTestId('class').waitFor();
    for (const box of await page.getByRole('checkbox', { name: / missing$/ }).all()) await box.check();
    await page.getByLabel('contract', { exact: true }).selectOption('missing');
    await page.getByLabel('city', { exact: true }).selectOption('other…');
    await page.getByText('enter a value').waitFor();
    await page.getByRole('combobox', { name: 'Sweep' }).selectOption('signed up');
    await expectSound(page, 'mixed-gaps');
    await page.getByRole('textbox', { name: 'city, other value' }).fill('Aber');
    await page.getByText('unknown to the model: counts as other').waitFor();
    await expect
      .poll(() => sent.at(-1))
      .toMatchObject({ contract: null, city: 'Aber', paperless_billing: null, signed_up: null });
    await page.getByRole('img', { name: /^Probability of stays where signed up is missing/ }).waitFor();
    await expectSound(page, 'mixed-other');
  });

  it('shows the most telling of 64 features, and finds the rest', async () => {
    const { page } = await show(wideCard);
    await page.getByTestId('class').waitFor();
    const labels = () => page.locator('.feature > label').allTextContents();
    await expect.poll(labels).toHaveLength(12);
    await page.getByText('the most telling 12 of 64').waitFor();
    await expectSound(page, 'wide');
    await page.getByRole('searchbox', { name: 'Search features' }).fill('nowhere');
    await page.getByText('No feature has').waitFor();
    await page.getByRole('searchbox', { name: 'Search features' }).fill('SENSOR 60');
    await expect.poll(labels).toEqual(['sensor 60 reading']);
    await page.getByRole('searchbox', { name: 'Search features' }).fill('');
    // the others lie in groups by their first word
    await page.getByText('sensor (').click();
    await page.getByText('other (').click();
    await expect.poll(labels).toHaveLength(64);
    await expectSound(page, 'wide-all');
  });

  it('keeps the answer in view with 64 features, 30 classes and five versions, at all widths', async () => {
    const { page } = await show(crowdedCard);
    const config = await page.evaluate<ConfigView>("fetch('api/config').then((answer) => answer.json())");
    const versions = ['v1', 'v2', 'v3', 'v4', 'v5'].map((version) => ({
      ...(config.versions[0] as ConfigView['versions'][number]),
      ...{ version, weight: 1, share: 0.2 },
    }));
    await page.route('**/api/config', (route) => route.fulfill({ json: { ...config, versions } }));
    // without events the page asks
    await page.route('**/api/events', (route) => route.fulfill({ contentType: 'text/event-stream', body: '' }));
    await page.reload();
    await page.getByRole('region', { name: 'All versions' }).getByRole('listitem').nth(4).waitFor();
    expect(await violations(page, 'crowded', sizes)).toEqual([]);
    for (const size of [...sizes, { width: 360, height: 640 }]) {
      await resize(page, size);
      const wider = "document.querySelector('main').scrollWidth - document.querySelector('main').clientWidth";
      await expect.poll(() => page.evaluate(wider), { message: `${size.width}` }).toBe(0);
      await expect.poll(() => cut(page), { message: `${size.width}` }).toEqual([]);
      await page.locator('.feature').last().scrollIntoViewIfNeeded();
      const answer = await page.getByTestId('class').boundingBox();
      expect(answer?.y, `${size.width}`).toBeGreaterThanOrEqual(0);
      expect(answer?.y, `${size.width}`).toBeLessThan(size.height / 2);
      // and leaves room for the input in hand
      const height = await page.evaluate<number>("document.querySelector('.bench > .answer').clientHeight");
      if (size.width === 360) expect(height).toBeLessThan(size.height * 0.45);
    }
  });

  it('writes typed values of the history in words, by the names of their row, and opens them in Predict', async () => {
    const { page, sent } = await show(mixedCard, '#/history');
    await page
      .getByRole('button', { name: /^Detail of/ })
      .nth(1)
      .click();
    const detail = page.locator('.detail');
    await expect.poll(() => detail.textContent()).toMatch(/contract\s*missing/);
    expect(await detail.textContent()).toMatch(/senior\s*yes/);
    expect(await detail.textContent()).toMatch(/signed up\s*2019-03-31/);
    await expectSound(page, 'mixed-history');
    await page.getByRole('link', { name: 'Open these inputs in Predict' }).click();
    await page.getByTestId('class').waitFor();
    const names = mixedCard.features.map(({ name }) => name);
    const row = Object.fromEntries(names.map((name, i) => [name, mixedCard.rows[1]?.features[i]]));
    await expect.poll(() => sent.at(-1)).toEqual(row);
    await page.reload();
    await page.getByTestId('class').waitFor();
    await expect.poll(() => sent.at(-1)).toEqual(row);
  });
});
