import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { violations } from '../page/violations.ts';
import { type Visit, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

let stack: Stack;
let browser: Browser;
let opened: Visit;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});
afterEach(() => opened?.close());

async function open(hash: string, options: Parameters<typeof visit>[3] = {}): Promise<void> {
  opened = await visit(browser, stack, hash, options);
  page = opened.page;
}
const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = () => page.getByRole('dialog', { name: 'Admin token' });
const refusal = (text: RegExp) => page.getByRole('alert').filter({ hasText: text });
const hasFocus = (name: string) => button(name).and(page.locator(':focus')).waitFor();

describe('the admin token', () => {
  it('survives a reload in this tab only, until the visitor drops it', async () => {
    await open('#/release', { admin: true });
    await page.reload();
    await button('Admin ✓').waitFor();
    await page.getByRole('table').filter({ hasText: 'first start' }).waitFor();
    const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, document.cookie, location.href])');
    expect(kept).not.toContain(stack.adminToken);
    await button('Admin ✓').click();
    await button('Admin').waitFor();
    await page.reload();
    await button('Admin').waitFor();
    expect(await page.evaluate('JSON.stringify({ ...sessionStorage })')).not.toContain(stack.adminToken);
    expect(opened.complaints).toEqual([]);
  });

  it('of a link is refused in words when it is wrong, on any route', async () => {
    await open('#token=wrong');
    await refusal(/The gateway refuses the admin token of this link\./).waitFor();
    expect(page.url()).not.toContain('wrong');
    expect(await button('Admin ✓').count()).toBe(0);
    expect(await violations(page, 'token-refused')).toEqual([]);
    await button('Enter it').click();
    await dialog().getByLabel('Token').fill(stack.adminToken);
    await page.keyboard.press('Enter');
    await button('Admin ✓').waitFor();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  });

  it('that was changed meanwhile is said to be refused, and asked for again', async () => {
    await open('#/release', { admin: true });
    await stack.restart('gateway', { ADMIN_TOKEN: 'another-admin-token' });
    try {
      await refusal(/does not take the admin token any more: it was changed\./).waitFor({ timeout: 40_000 });
      await button('Enter it').click();
      await dialog().getByLabel('Token').fill(stack.adminToken);
      await page.keyboard.press('Enter');
      await dialog().getByRole('alert').filter({ hasText: 'not the admin token' }).waitFor();
      await dialog().getByLabel('Token').fill('another-admin-token');
      await page.keyboard.press('Enter');
      await button('Admin ✓').waitFor();
      await page.getByRole('table').filter({ hasText: 'first start' }).waitFor();
      await expect.poll(() => page.getByRole('alert').count()).toBe(0);
      await button('Admin ✓').click();
      await page.reload();
      // it is not sent again
      await button('Admin').waitFor();
      expect(await page.evaluate('JSON.stringify({ ...sessionStorage })')).not.toContain(stack.adminToken);
    } finally {
      await stack.restart('gateway');
    }
  });

  it('that was changed before a reload is said to be refused', async () => {
    await open('#/predict', { admin: true });
    await stack.restart('gateway', { ADMIN_TOKEN: 'another-admin-token' });
    try {
      await page.reload();
      await refusal(/does not take the admin token any more: it was changed\./).waitFor();
    } finally {
      await stack.restart('gateway');
    }
  });
});

describe('after a dialog, focus', () => {
  it('is back on what opened it, whether the visitor cancels or goes on', async () => {
    await open('#/release');
    await button('Admin').click();
    await dialog().waitFor();
    await page.keyboard.press('Escape');
    await hasFocus('Admin');
    await page.keyboard.press('Enter');
    await dialog().getByLabel('Token').fill(stack.adminToken);
    await page.keyboard.press('Enter');
    await hasFocus('Admin ✓');
    await button('Roll back…').click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await hasFocus('Roll back…');
  });

  it('is on the main part where what opened it is gone', async () => {
    await open('#/release');
    await button('Enter the token').click();
    await dialog().getByLabel('Token').fill(stack.adminToken);
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await page.getByRole('main').and(page.locator(':focus')).waitFor();
  });
});
