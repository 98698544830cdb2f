import { launchBrowser } from '@coppice/testkit/programs/chromium';
import { pageRoutes } from '@coppice/ui/page-routes';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as answers from '../page/experiment-answers.ts';
import { sendJudged } from '../page/judged-traffic.ts';
import * as releases from '../page/release-answers.ts';
import { resize } from '../page/resize.ts';
import { type StandInAnswers, standIn } from '../page/stand-in.ts';
import { sendTraffic } from '../page/traffic.ts';
import { violations } from '../page/violations.ts';
import { go, patchConfig, type Visit, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

let stack: Stack;
let browser: Browser;
let opened: Visit;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

/** Traffic with feedback in two epochs. */
async function load(): Promise<void> {
  await sendTraffic(stack, 450);
  await sendJudged(stack, 200, { v1: 0.9, v2: 0.8 });
  await patchConfig(stack, { weights: { v1: 60, v2: 40 }, reason: 'a second epoch' });
  await sendJudged(stack, 200, { v1: 0.8, v2: 0.7 });
}

describe.each(['empty', 'loaded', 'dialog', 'error'])(
  '%s: no violation of WCAG 2.2 A and AA or of good practice',
  (state) => {
    beforeAll(async () => {
      if (state === 'loaded') await load();
      if (state === 'error') {
        // the last data stays beside the error
        await opened.page.keyboard.press('Escape');
        await stack.kill('gateway');
        return;
      }
      await opened?.close();
      opened = await visit(browser, stack, '#/predict', { admin: state === 'loaded' });
    });

    it.each(pageRoutes)('on $name', async ({ name }) => {
      const { page } = opened;
      await go(page, `#/${name}`);
      await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
      if (state === 'empty') await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      if (state === 'loaded') await unfold(page, name);
      if (state === 'error') await page.getByRole('alert').first().waitFor({ timeout: 15_000 });
      if (state === 'dialog') {
        await page.getByRole('button', { name: 'Admin', exact: true }).click();
        await page.getByRole('dialog').waitFor();
      }
      expect(await violations(page, `${state}-${name}`)).toEqual([]);
      if (state === 'dialog') await page.keyboard.press('Escape');
      if (state !== 'error') expect(opened.complaints).toEqual([]);
    });
  },
);

it('has no violation in the dialogs that confirm a change', async () => {
  await stack.restart('gateway');
  await opened.close();
  opened = await visit(browser, stack, '#/release', { admin: true });
  const { page } = opened;
  await page.getByRole('button', { name: 'Roll back…' }).click();
  expect(await violations(page, 'rollback')).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Full', exact: true }).click();
  await page.getByRole('textbox', { name: 'Reason' }).first().fill('all in');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('dialog', { name: 'All traffic to v2?' }).waitFor();
  expect(await violations(page, 'rollout')).toEqual([]);
});

describe('states of a comparison, a rollout and releases: no violation of WCAG 2.2 A and AA or of good practice', () => {
  const states: Record<string, StandInAnswers> = {
    'alarms, held': { comparison: answers.alarms, rollout: answers.reportOf(answers.held), releases: releases.away },
    'winner, rolled back': {
      ...{ comparison: answers.twoEpochs, rollout: answers.reportOf(answers.rolledBack), releases: releases.refused },
    },
    'no feedback, none': { comparison: answers.noFeedback, rollout: answers.reportOf(null) },
    "winner, others' weights": {
      ...{
        comparison: answers.twoEpochs,
        rollout: answers.reportOf(answers.pausedByHuman),
        releases: releases.underWay,
      },
    },
    'winner, running': {
      ...{ comparison: answers.twoEpochs, rollout: answers.reportOf(answers.running), releases: releases.waiting },
    },
    'winner, promoted': {
      ...{ comparison: answers.twoEpochs, rollout: answers.reportOf(answers.done), releases: releases.promoted },
    },
  };
  const show = async (state: string, hash: string) => {
    await opened?.close();
    opened = await visit(browser, stack, '#/predict', { admin: true });
    await standIn(opened.page, states[state] as StandInAnswers);
    await go(opened.page, hash);
    return opened.page;
  };

  it.each(Object.keys(states))('%s', async (state) => {
    const page = await show(state, '#/release');
    await unfold(page, 'release');
    expect(await violations(page, state)).toEqual([]);
    // reflow: nothing but tables that scroll by themselves is wider than a phone
    await resize(page, { width: 320, height: 740 });
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth'), { message: state }).toBe(320);
  });

  it.each([
    ['no feedback, none', 'Start a rollout…'],
    ['winner, running', 'Raise…'],
    ['winner, running', 'Abort…'],
    ["winner, others' weights", 'Resume…'],
    ['winner, running', 'Approve release 7…'],
    ['winner, running', 'Promote release 7…'],
    ['winner, promoted', 'Take back release 7…'],
  ])('%s: the dialog of %s', async (state, name) => {
    const page = await show(state, '#/release');
    await page.getByRole('button', { name }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    if (await dialog.locator('summary').count()) await dialog.locator('summary').click();
    expect(await violations(page, name)).toEqual([]);
  });
});

/** Opens everything that can be opened, so that it is checked, too. */
async function unfold(page: Page, route: string): Promise<void> {
  if (route === 'predict') await page.getByRole('button', { name: 'Record' }).click();
  if (route === 'history')
    await page
      .getByRole('button', { name: /^Detail of/ })
      .first()
      .click();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  const closed = page.locator('details:not([open]) > summary');
  // opening one may show others
  while ((await closed.count()) > 0) await closed.first().click();
}
