import type { Page } from 'playwright-core';

/** Another window size, once the page is laid out for it and effects of the size, such as which tables scroll, have settled. */
export async function resize(page: Page, size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size);
  await page.waitForFunction(`innerWidth === ${size.width}`);
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}
