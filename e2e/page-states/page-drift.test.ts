import type { DriftReport } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cut } from '../page/cut.ts';
import * as answers from '../page/drift-answers.ts';
import { alarms } from '../page/experiment-answers.ts';
import { resize } from '../page/resize.ts';
import { violations } from '../page/violations.ts';
import { type Visit, visit } from '../page/visit.ts';
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

async function show(report: DriftReport): Promise<Page> {
  opened = await visit(browser, stack, '#/history');
  const { page } = opened;
  await page.route('**/api/drift', (route) => route.fulfill({ json: report }));
  await page.route('**/api/comparison', (route) => route.fulfill({ json: alarms }));
  await page.evaluate("location.hash = '#/drift'");
  await page.getByRole('region', { name: 'What drifted' }).waitFor();
  return page;
}

async function expectSound(page: Page, name: string): Promise<void> {
  expect(await violations(page, name, sizes)).toEqual([]);
  for (const size of [...sizes, { width: 320, height: 800 }]) {
    await resize(page, size);
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth'), { message: name }).toBe(size.width);
    // to look at all of 64 cards takes a busy machine a while
    await expect.poll(() => cut(page), { message: `${name} at ${size.width}`, timeout: 15_000 }).toEqual([]);
  }
  expect(opened.complaints).toEqual([]);
}

describe('the Drift route', () => {
  it('says each cause in a sentence, the worst first, with a way to its rows', async () => {
    const page = await show(answers.drifted);
    const causes = page.getByRole('region', { name: 'What drifted' }).getByRole('listitem');
    expect(await causes.count()).toBe(3);
    const [first, second, third] = await causes.allTextContents();
    expect(first).toMatch(/petal width:\s+\+1\.5 σ for 12 min, 60 % of rows beyond anything in training/);
    expect(first).toMatch(/v1 \+1\.4 σ, 48 % of rows beyond.*v2 \+1\.6 σ, 72 % of rows beyond/s);
    expect(second).toMatch(/for 5 h/);
    expect(third).toMatch(/class mix of\s+v2:\s+virginica is 90 %/);
    await page.getByText('Suffers:').waitFor();
    const link = page.getByRole('link', { name: 'Which rows: petal width' });
    expect(await link.getAttribute('href')).toBe('#/history?source=api&feature=petal_width&min=2.5');
    await page.getByText('→ 300 beyond').waitFor();
    await page.getByText('limit 0.4').first().waitFor();
    for (const summary of await page.locator('details > summary').all()) await summary.click();
    await expectSound(page, 'drift-causes');
    await link.click();
    await page.getByRole('heading', { name: 'History' }).waitFor();
  });

  it('shows what drifted of 64 features, and folds the rest', async () => {
    const page = await show(answers.oneOfMany);
    expect(await page.locator('h2[id^="drift-"]').allTextContents()).toEqual(['petal width, cm']);
    await expectSound(page, 'drift-many');
    await page.getByText('63 features without drift').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('h2[id^="drift-"]').count()).toBe(64);
    await expectSound(page, 'drift-many-open');
  });
});
