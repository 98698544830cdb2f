import type { Locator, Page } from 'playwright-core';

/** Presses Tab until an element has the focus, as a visitor without a mouse does. */
export async function tabTo(page: Page, wanted: Locator, most = 120): Promise<void> {
  const focused = wanted.and(page.locator(':focus'));
  for (let presses = 0; presses < most; presses++) {
    if ((await focused.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${most} presses of Tab do not reach ${wanted}`);
}
