import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violations } from '../page/violations.ts';
import { type Visit, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

let stack: Stack;
let browser: Browser;
let opened: Visit;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  opened = await visit(browser, stack, '#/release');
  page = opened.page;
  await page.getByRole('region', { name: 'Audit' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const strip = (text: RegExp) => page.getByRole('alert').filter({ hasText: text });
const icon = () => page.locator('link[rel=icon]').getAttribute('href');

it('says nothing while nothing is wrong', async () => {
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(await page.title()).toBe('Release · Coppice');
  expect(await icon()).toBe('./icon.svg');
});

it('says which version is down since when, and who carries its share, also in the title and the icon', async () => {
  await stack.kill('model-v2');
  await strip(/v2 down since \d\d:\d\d, v1 carries 100 % instead of 50 %\./).waitFor();
  await expect.poll(() => page.title()).toBe('▲ v2 down · Release · Coppice');
  expect(await icon()).toBe('./icon-trouble.svg');
  expect(await violations(page, 'version-down')).toEqual([]);
});

it('claims no time that the page has not seen', async () => {
  await page.reload();
  await strip(/v2 down since before \d\d:\d\d, v1 carries 100 % instead of 50 %\./).waitFor();
});

it('is gone when the version is back', async () => {
  await stack.restart('model-v2');
  await expect.poll(() => page.getByRole('alert').count(), { timeout: 30_000 }).toBe(0);
  await expect.poll(() => page.title()).toBe('Release · Coppice');
  expect(await icon()).toBe('./icon.svg');
});

it('says that the gateway is silent, and since when, until it speaks again', async () => {
  const gateway = stack.pid('gateway') as number;
  process.kill(gateway, 'SIGSTOP');
  try {
    await strip(/No word from the gateway since \d\d:\d\d: the page shows how it was then\./).waitFor({
      timeout: 10_000,
    });
    await expect.poll(() => page.title()).toBe('▲ gateway silent · Release · Coppice');
    expect(await violations(page, 'gateway-silent')).toEqual([]);
  } finally {
    process.kill(gateway, 'SIGCONT');
  }
  await expect.poll(() => page.title(), { timeout: 30_000 }).toBe('Release · Coppice');
});
