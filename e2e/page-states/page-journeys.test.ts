import type { ConfigView } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { sliderOf, sliderValues } from '../page/sliders.ts';
import { tabTo } from '../page/tab-to.ts';
import { sendTraffic } from '../page/traffic.ts';
import { violations } from '../page/violations.ts';
import { go, patchConfig, read, type Visit, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  await sendTraffic(stack, 150);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function open(hash: string, options: Parameters<typeof visit>[3] = {}): Promise<Visit> {
  const opened = await visit(browser, stack, hash, options);
  onTestFinished(() => opened.close());
  return opened;
}
const weights = async () => (await read<ConfigView>(stack, '/config')).weights;
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const answer = (page: Page) => page.getByTestId('class');

describe('offline and back', () => {
  it('a route that could not be loaded comes by itself, and what was entered stays', async () => {
    const { page } = await open('#/predict');
    await answer(page).waitFor();
    await sliderOf(page, 'petal_length').press('End');
    const entered = await sliderValues(page);
    await page.context().setOffline(true);
    await go(page, '#/drift');
    await page.getByRole('alert').filter({ hasText: 'could not be loaded' }).waitFor();
    await page.getByRole('alert').filter({ hasText: 'No word from the gateway since' }).waitFor();
    expect(await violations(page, 'not-loaded')).toEqual([]);
    await page.context().setOffline(false);
    await page.getByText('against the training rows').waitFor({ timeout: 40_000 });
    await expect.poll(() => page.getByRole('alert').count(), { timeout: 40_000 }).toBe(0);
    await go(page, '#/predict');
    await expect.poll(() => sliderValues(page)).toEqual(entered);
  });

  it('a script that is missing for good does not reload the page again and again', async () => {
    const { page } = await open('#/predict');
    await answer(page).waitFor();
    let loads = 0;
    page.on('domcontentloaded', () => loads++);
    await page.route('**/assets/DriftRoute*', (route) => route.fulfill({ status: 404, body: 'gone' }));
    await go(page, '#/drift');
    await expect.poll(() => loads, { timeout: 20_000 }).toBe(1);
    await page.getByRole('button', { name: 'Reload the page' }).waitFor();
    await page.waitForTimeout(5000);
    expect(loads).toBe(1);
  });
});

describe('a slow network', () => {
  it('is seen where a route takes its time', async () => {
    const { page, complaints } = await open('#/predict');
    await answer(page).waitFor();
    await page.route('**/assets/HistoryRoute*', async (route) => {
      await page.waitForTimeout(2500);
      await route.continue();
    });
    await go(page, '#/history');
    await page.getByText('Loading History…').waitFor();
    await heading(page, 'History').waitFor();
    expect(await page.getByText('Loading History…').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('is seen where an answer takes its time: the one that shows is to other inputs', async () => {
    const { page, complaints } = await open('#/predict');
    await answer(page).waitFor();
    const waits = page.getByText('waiting for the answer to these inputs');
    expect(await waits.count()).toBe(0);
    await page.route('**/api/predict', async (route) => {
      await page.waitForTimeout(2500);
      await route.continue();
    });
    await sliderOf(page, 'petal_length').press('End');
    await waits.waitFor();
    await waits.waitFor({ state: 'detached', timeout: 20_000 });
    await expect.poll(() => answer(page).textContent()).toBe('virginica');
    expect(complaints).toEqual([]);
  });
});

describe('two tabs of one browser', () => {
  const tab = async (context: BrowserContext, hash: string) => {
    const page = await context.newPage();
    await page.goto(`${stack.uiUrl}/${hash}`);
    return page;
  };

  it('see what the other one changes, and keep their own place, inputs and token', async () => {
    const { page: first } = await open('#/predict', { admin: true });
    await answer(first).waitFor();
    const second = await tab(first.context(), '#/history?version=v2');
    await second.locator('[data-row]').first().waitFor();
    await second
      .getByRole('button', { name: /^Detail of/ })
      .nth(1)
      .click();
    const detail = await second.locator('.detail code').first().textContent();

    await go(first, '#/release');
    const split = first.getByRole('region', { name: 'Split', exact: true });
    await split.getByRole('button', { name: 'Canary' }).click();
    await split.getByRole('textbox', { name: 'Reason' }).fill('from the first tab');
    await split.getByRole('button', { name: 'Apply' }).click();
    await expect.poll(() => second.locator('header .mode').textContent(), { timeout: 5000 }).toBe('canary');
    expect(second.url()).toMatch(/#\/history\?version=v2$/);
    expect(await second.locator('.detail code').first().textContent()).toBe(detail);
    // the token is of the tab that took it
    expect(await second.getByRole('button', { name: 'Admin ✓' }).count()).toBe(0);

    await go(second, '#/predict');
    await answer(second).waitFor();
    await sliderOf(second, 'petal_length').press('Home');
    await go(first, '#/predict');
    await sliderOf(first, 'petal_length').press('End');
    const [ofFirst, ofSecond] = [await sliderValues(first), await sliderValues(second)];
    expect(ofFirst).not.toEqual(ofSecond);
    await expect.poll(() => second.url()).toContain(`petal_length=${ofSecond[2]}`);
    await second.reload();
    await expect.poll(() => sliderValues(second)).toEqual(ofSecond);
    expect(await sliderValues(first)).toEqual(ofFirst);
    await patchConfig(stack, { preset: 'equal', reason: 'the test is over' });
  });
});

describe('by keyboard only', () => {
  it('one predicts, looks a row up, and rolls back', async () => {
    await patchConfig(stack, { preset: 'canary', reason: 'to have something to roll back' });
    const { page, complaints } = await open('#/release');
    await heading(page, 'v2 canary').waitFor();
    await page.keyboard.press('Tab');
    await page.getByRole('link', { name: 'Skip to content' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('main').and(page.locator(':focus')).waitFor();

    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await answer(page).waitFor();
    await tabTo(page, sliderOf(page, 'petal_length'));
    await page.keyboard.press('End');
    await expect.poll(() => answer(page).textContent()).toBe('virginica');
    await tabTo(page, page.getByRole('button', { name: 'Record' }));
    await page.keyboard.press('Enter');
    const id = await page.getByText(/^Recorded as/).textContent();

    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await heading(page, 'History').waitFor();
    await page.keyboard.press('/');
    await page.getByRole('searchbox', { name: 'User' }).and(page.locator(':focus')).waitFor();
    // in a field a key is a letter
    await page.keyboard.type('g r?');
    expect(await page.getByRole('searchbox', { name: 'User' }).inputValue()).toBe('g r?');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.press('Delete');
    await tabTo(page, page.getByRole('button', { name: /^Detail of/ }));
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.detail code').first().textContent()).toBe(id?.replace('Recorded as ', ''));
    await page.keyboard.press('Escape');
    await page.locator('.detail').waitFor({ state: 'detached' });

    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await heading(page, 'v2 canary').waitFor();
    await tabTo(page, page.getByRole('button', { name: 'Enter the token' }));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Admin token' }).waitFor();
    await page.keyboard.type(stack.adminToken);
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('button', { name: 'Roll back…' }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Roll back' }));
    await page.keyboard.press('Enter');
    await expect.poll(weights).toEqual({ v1: 100, v2: 0 });
    expect(complaints).toEqual([]);
    await patchConfig(stack, { preset: 'equal', reason: 'the test is over' });
  });

  it('one reads which shortcuts there are, gets the focus back, and may switch them off', async () => {
    const { page, complaints } = await open('#/ops');
    const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    const button = page.getByRole('button', { name: 'Keyboard shortcuts' });
    await heading(page, 'Ops').waitFor();
    await tabTo(page, page.getByRole('link', { name: 'Drift' }));
    await page.keyboard.press('?');
    await list.waitFor();
    await list.getByText('the newest row, the oldest loaded').waitFor();
    expect(await violations(page, 'shortcuts')).toEqual([]);
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Drift' }).and(page.locator(':focus')).waitFor();

    await button.click();
    await list.getByRole('checkbox', { name: /work outside of fields/ }).uncheck();
    await list.getByRole('button', { name: 'Close' }).click();
    await button.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('?');
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.reload();
    await heading(page, 'Ops').waitFor();
    await page.keyboard.press('?');
    expect(await list.count()).toBe(0);
    expect(page.url()).toMatch(/#\/ops$/);
    expect(complaints).toEqual([]);
  });
});
