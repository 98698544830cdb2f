import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFixtureModel } from '@coppice/testkit/fixture-model';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import { pageRoutes } from '@coppice/ui/page-routes';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { go, shoot, type Visit, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

/** Names that would do harm if the page took them for markup, a path or a selector. */
const features = ['<img src=x onerror=alert(1)>', '"quoted" & \'odd\'', '__proto__'];
const classes = ['<script>alert(1)</script>', 'a&b=c#?', '{{class}}'];

let stack: Stack;
let browser: Browser;
let opened: Visit;
let page: Page;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-page-'));
  for (const version of ['v1', 'v2'])
    writeFixtureModel(join(folder, version), { features, classes, name: 'iris', version });
  [stack, browser] = await Promise.all([startStack({ artifacts: folder }), launchBrowser()]);
  opened = await visit(browser, stack, '#/predict');
  page = opened.page;
  await page.getByTestId('class').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const forget = () => opened.complaints.splice(0);
const answer = () => page.getByTestId('class');
const record = () => page.getByRole('button', { name: 'Record' }).click();

describe('hostile names', () => {
  it('stay text on every route', async () => {
    await record();
    for (const { name } of pageRoutes) {
      await go(page, `#/${name}`);
      await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
      expect(await page.locator('main img, main script').count(), name).toBe(0);
    }
    await go(page, '#/predict');
    await expect.poll(async () => classes.includes((await answer().textContent()) ?? '')).toBe(true);
    expect(await page.getByRole('slider').count()).toBe(3);
    await page.reload();
    await answer().waitFor();
    expect(forget()).toEqual([]);
  });
});

describe('trouble', () => {
  it('gateway down: the last answer stays, marked as old, and the page recovers without a reload', async () => {
    const shown = await answer().textContent();
    await stack.kill('gateway');
    await page.getByRole('banner').getByText('offline').waitFor({ timeout: 10_000 });
    await record();
    await page.getByRole('alert').filter({ hasText: 'The gateway cannot be reached.' }).first().waitFor();
    expect(await answer().textContent()).toBe(shown);
    await page
      .getByText(/ s ago/)
      .first()
      .waitFor();
    await shoot(page, 'gateway-away');
    await go(page, '#/drift');
    await page.getByText('The drift report: The gateway cannot be reached.').waitFor();
    await go(page, '#/predict');
    await stack.restart('gateway');
    await page.getByRole('banner').getByText('live').waitFor({ timeout: 40_000 });
    await expect.poll(() => page.getByRole('alert').count(), { timeout: 40_000 }).toBe(0);
    await record();
    await page.getByText(/^Recorded as/).waitFor();
    // the browser itself reports failed requests; scripts must report nothing
    expect(forget().filter((line) => !line.includes('Failed to load resource'))).toEqual([]);
  });

  it('gateway down from the start: the page waits for it and then works', async () => {
    await stack.kill('gateway');
    const early = await visit(browser, stack, '#/predict');
    await early.page.getByText(/The model card: The gateway cannot be reached/).waitFor();
    await shoot(early.page, 'gateway-away-at-start');
    await stack.restart('gateway');
    await early.page.getByTestId('class').waitFor({ timeout: 40_000 });
    await early.close();
  });

  it('slow versions: the page stays usable, says what is wrong and recovers', async () => {
    for (const version of ['v1', 'v2']) process.kill(stack.pid(`model-${version}`) as number, 'SIGSTOP');
    try {
      await record();
      await page.getByRole('alert').first().waitFor({ timeout: 20_000 });
      await shoot(page, 'slow-versions');
    } finally {
      for (const version of ['v1', 'v2']) process.kill(stack.pid(`model-${version}`) as number, 'SIGCONT');
    }
    await expect.poll(() => page.getByRole('alert').count(), { timeout: 60_000 }).toBe(0);
    await record();
    await page.getByText(/^Recorded as/).waitFor({ timeout: 20_000 });
    forget();
  });

  it('429: says when to retry, and continues on the next try', async () => {
    await stack.restart('gateway', { RATE_LIMIT: '5' });
    const alert = page.getByRole('alert').filter({ hasText: 'More than 5 requests per minute' }).first();
    await expect
      .poll(
        async () => {
          await record();
          return alert.isVisible();
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    await shoot(page, 'rate-limit-429');
    await stack.restart('gateway');
    await record();
    await page.getByText(/^Recorded as/).waitFor();
    forget();
  });

  it('401: requests the API key, keeps it in memory, and continues', async () => {
    await stack.restart('gateway', { API_KEYS: 'first-key-of-clients,second-key-of-clients' });
    await record();
    const dialog = page.getByRole('dialog', { name: 'API key' });
    await dialog.waitFor({ timeout: 20_000 });
    await shoot(page, 'api-key-401');
    await dialog.getByLabel('Key').fill('wrong');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').filter({ hasText: 'Unknown API key' }).waitFor();
    await dialog.getByLabel('Key').fill('second-key-of-clients');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await answer().waitFor({ timeout: 20_000 });
    await record();
    await page.getByText(/^Recorded as/).waitFor();
    await go(page, '#/history');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    expect(await download.failure()).toBeNull();
    expect(
      await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])'),
    ).not.toContain('second-key-of-clients');
    forget();
  });
});
