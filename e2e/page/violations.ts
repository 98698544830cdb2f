import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { resize } from './resize.ts';
import { shoot } from './visit.ts';

type Size = { width: number; height: number };
export const sizes: Size[] = [
  { width: 1280, height: 800 },
  { width: 360, height: 740 },
];
const themes = ['light', 'dark'] as const;
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Violations of WCAG 2.2 A and AA and of axe's best practices in both themes and these sizes, in a part of the page or all of it,
 * as lines for people.
 */
export async function violations(page: Page, name: string, at = sizes, within = 'html'): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: string[] = [];
  for (const size of at) {
    await resize(page, size);
    // where a phone's navigation lies over what is below, a target looks small
    await page.evaluate('scrollTo(0, 0)');
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      let broken = await run(page, within);
      // what is still on its way, such as a part that fades in, is no state of the page
      if (broken.length > 0) {
        await page.waitForTimeout(1000);
        broken = await run(page, within);
      }
      for (const { id, nodes } of broken)
        for (const { html, failureSummary } of nodes)
          found.push(`${name} ${size.width} ${theme}: ${id}: ${html.slice(0, 160)} ${failureSummary}`);
      if (process.env.PAGE_SHOTS) await shoot(page, `${name}-${size.width}-${theme}`);
    }
  }
  return found;
}

type Violation = { id: string; nodes: { html: string; failureSummary: string }[] };

async function run(page: Page, within: string): Promise<Violation[]> {
  const { violations } = await page.evaluate<{ violations: Violation[] }>(
    `axe.run(${JSON.stringify(within)}, { runOnly: ${JSON.stringify(tags)}, resultTypes: ['violations'] })`,
  );
  return violations;
}
