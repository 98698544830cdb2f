import type { ConfigView, ModelCard } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import { pageRoutes } from '@coppice/ui/page-routes';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cut } from '../page/cut.ts';
import { oneOfMany } from '../page/drift-answers.ts';
import { candidate, reportOf, running, twoEpochs } from '../page/experiment-answers.ts';
import { fiveNames, fiveVersions } from '../page/five-versions.ts';
import { crowdedCard } from '../page/mixed-card.ts';
import { standInForModel } from '../page/mixed-stand-in.ts';
import { waiting } from '../page/release-answers.ts';
import { resize } from '../page/resize.ts';
import { standIn } from '../page/stand-in.ts';
import { lastHour } from '../page/timeline-answers.ts';
import { go, read, shoot, type Visit, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

const widths = [1280, 768, 360];
let stack: Stack;
let browser: Browser;
let opened: Visit;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  opened = await visit(browser, stack, '#/predict', { admin: true, events: false });
  page = opened.page;
  await standInForModel(page, withFigures(crowdedCard));
  await standIn(page, {
    comparison: {
      ...twoEpochs,
      candidates: fiveNames.slice(1).map((version) => ({
        ...{ ...candidate, version, words: candidate.words.replace('v2', version) },
      })),
    },
    ...{ rollout: reportOf(running), releases: waiting },
  });
  const config = fiveVersions(await read<ConfigView>(stack, '/config'));
  const hour = lastHour(Date.now());
  const points = hour.versions[0]?.points ?? [];
  const timeline = { ...hour, versions: fiveNames.map((version) => ({ version, points })) };
  const answers = { config, timeline, drift: oneOfMany };
  for (const [name, json] of Object.entries(answers))
    await page.route(new RegExp(`/api/${name}(\\?|$)`), (route) => route.fulfill({ json }));
  await page.reload();
  await page.locator('header .split li').nth(4).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

/** A confusion matrix of all classes. */
function withFigures(card: ModelCard): ModelCard {
  const confusion = card.classes.map((_, i) => card.classes.map((_, j) => (i === j ? 1200 : (i * 7 + j * 3) % 11)));
  return { ...card, metrics: { ...card.metrics, confusion } };
}

/** At all widths, in both themes: nothing reaches beyond the window or is cut, header, navigation, strip and dialogs included. */
async function expectWhole(name: string, themes: readonly ('light' | 'dark')[] = ['light', 'dark']): Promise<void> {
  for (const width of widths)
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      await resize(page, { width, height: 800 });
      const what = `${name} at ${width}, ${theme}`;
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth'), { message: what }).toBe(width);
      await expect.poll(() => cut(page), { message: what }).toEqual([]);
      if (process.env.PAGE_SHOTS) await shoot(page, `crowded-${name}-${width}-${theme}`);
    }
  await resize(page, { width: 1280, height: 800 });
}

describe('64 features, 30 classes and five versions, one of them down', () => {
  it.each(pageRoutes)('fit on $name', async ({ name }) => {
    await go(page, `#/${name}`);
    await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
    await page.locator('.skeleton').first().waitFor({ state: 'detached' });
    await page.getByRole('alert').filter({ hasText: 'v3 down' }).waitFor();
    if (name === 'predict') await page.getByTestId('class').waitFor();
    if (name === 'history')
      await page
        .getByRole('button', { name: /^Detail of/ })
        .nth(1)
        .click();
    await expectWhole(name);
    const closed = page.locator('main details:not([open]) > summary:visible');
    while ((await closed.count()) > 0) await closed.first().click();
    // colours do not change what is open
    await expectWhole(`${name}-open`, ['light']);
  });

  it.each(['Raise…', 'Promote release 7…', 'Approve release 7…', 'Keyboard shortcuts', 'Roll back…'])(
    'fit in the dialog of %s',
    async (name) => {
      await go(page, '#/release');
      await page.getByRole('region', { name: 'Releases', exact: true }).waitFor();
      const opener = page.getByRole('button', { name, exact: true });
      await opener.click();
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      await expectWhole(name);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    },
  );

  it('writes nothing to the console in all of this', () => expect(opened.complaints).toEqual([]));
});
