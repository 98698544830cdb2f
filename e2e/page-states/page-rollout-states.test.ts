import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  done,
  held,
  pausedByHuman,
  pausedBySelf,
  reportOf,
  rolledBack,
  running,
  twoEpochs,
} from '../page/experiment-answers.ts';
import { type StandIn, standIn } from '../page/stand-in.ts';
import { go, type Visit, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

let stack: Stack;
let browser: Browser;
let opened: Visit;
let page: Page;
let answers: StandIn;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  opened = await visit(browser, stack, '#/predict', { events: false });
  page = opened.page;
  answers = await standIn(page, { comparison: twoEpochs, rollout: reportOf(null) });
  await go(page, '#/release');
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const card = () => page.getByRole('region', { name: 'Rollout', exact: true });
const button = (name: string) => card().getByRole('button', { name });
const dialog = (name: string) => page.getByRole('dialog', { name });
const steps = async () => {
  const items = card().getByRole('group', { name: 'Steps of the rollout' }).getByRole('listitem');
  return (await items.allTextContents()).map((text) => text.trim());
};

/** What the page shows once it has asked again. */
async function show(rollout: Parameters<typeof reportOf>[0]): Promise<void> {
  answers.rollout = reportOf(rollout);
  await go(page, '#/predict');
  await go(page, '#/release');
  await card()
    .getByText(rollout?.words ?? 'None has been started.')
    .waitFor();
}

describe('without the admin token', () => {
  it('says what a rollout is, and starts none', async () => {
    await card().getByText('None has been started.').waitFor();
    expect(await button('Start a rollout…').isDisabled()).toBe(true);
  });

  it('shows where a rollout stands, and changes nothing', async () => {
    await show(running);
    for (const name of ['Pause…', 'Raise…', 'Abort…']) expect(await button(name).isDisabled(), name).toBe(true);
  });
});

describe('with the admin token', () => {
  beforeAll(async () => {
    await page.getByRole('button', { name: 'Enter the token' }).click();
    await dialog('Admin token').getByLabel('Token').fill(stack.adminToken);
    await page.keyboard.press('Enter');
    await dialog('Admin token').waitFor({ state: 'detached' });
  });

  it('shows the step in force on the track, its clock, its requests and the guardrails with their numbers', async () => {
    await show(running);
    expect(await steps()).toEqual(['1 %, passed', '5 %, passed', '10 %, present step', '25 %', '50 %', '100 %']);
    expect(await card().locator('[aria-current=step]').textContent()).toContain('10 %');
    await card().getByText('3 min of at least 5 min').waitFor();
    await card().getByText('357 of at least 100').waitFor();
    const errors = card()
      .getByRole('table', { name: 'Guardrails' })
      .getByRole('row', { name: /^errors/ });
    expect(await errors.textContent()).toMatch(
      /0\.19 %.*0\.21 %.*\+0\.02 points.*−0\.40 to \+0\.44 points.*1\.8 : 1, limit 60 : 1.*ok/s,
    );
    const meter = errors.getByRole('meter', { name: 'Evidence for harm by errors' });
    expect([await meter.getAttribute('value'), await meter.getAttribute('max')]).toEqual(['0.61', '4.09']);
  });

  it('lists the moves, newest first, with the numbers that decided', async () => {
    const moves = await card().getByRole('list', { name: 'Moves' }).getByRole('listitem').allTextContents();
    expect(moves).toHaveLength(3);
    expect(moves[0]).toMatch(/running at 10 %.*by rollout.*151 requests/s);
    expect(moves[2]).toMatch(/started at 1 %.*by admin.*more trees/s);
  });

  it('says beside the split that changing the weights pauses the rollout', async () => {
    const split = page.getByRole('region', { name: 'Split' });
    await split.getByText('A rollout of v2 runs. Changing the weights here pauses it.').waitFor();
    await page.getByRole('button', { name: 'Roll back…' }).click();
    await dialog('Roll back?').getByText('The rollout of v2 pauses.').waitFor();
    await page.keyboard.press('Escape');
    await show(pausedByHuman);
    expect(await split.getByText('Changing the weights here pauses it').count()).toBe(0);
  });

  it.each([
    ['running', running, ['Pause…', 'Raise…', 'Abort…']],
    ['held', held, ['Pause…', 'Raise…', 'Abort…']],
    ['paused', pausedBySelf, ['Resume…', 'Raise…', 'Abort…']],
    ["paused, others' weights in force", pausedByHuman, ['Resume…', 'Raise…', 'Abort…']],
    ['rolled back', rolledBack, ['Start a rollout…']],
    ['done', done, ['Start a rollout…']],
  ])('%s: says so in words and offers what is possible', async (words, rollout, buttons) => {
    await show(rollout);
    if (words !== 'held') expect(await card().locator('header').textContent()).toContain(words);
    expect(await card().getByRole('button').allTextContents()).toEqual(buttons);
  });

  it('marks the step from which a version was rolled back', async () => {
    await show(rolledBack);
    expect((await steps())[2]).toContain('10 %, rolled back here');
    const errors = card().getByRole('row', { name: /^errors/ });
    expect(await errors.textContent()).toContain('violated');
  });

  it('starts one with a version, a reason and what the visitor chooses', async () => {
    await show(null);
    await button('Start a rollout…').click();
    const start = dialog('Start a rollout?');
    await start.getByRole('combobox', { name: 'Version' }).selectOption('v2');
    await start.getByText('Steps, guardrails and proof').click();
    await start.getByRole('textbox', { name: /^Steps/ }).fill('5, 1');
    await start.getByRole('alert').filter({ hasText: 'rise' }).waitFor();
    await start.getByRole('textbox', { name: /^Steps/ }).fill('5, 50');
    await start.getByRole('spinbutton', { name: 'Least minutes of a step' }).fill('0.5');
    await start.getByRole('checkbox', { name: 'outcome' }).check();
    await start.getByRole('button', { name: 'Start with v2' }).click();
    // the reason is required: the browser asks for it, and nothing is sent
    expect(answers.sent).toEqual([]);
    await start.getByRole('textbox', { name: 'Reason' }).fill('more trees');
    answers.change = reportOf(running);
    await start.getByRole('button', { name: 'Start with v2' }).click();
    await start.waitFor({ state: 'detached' });
    expect(answers.sent.splice(0)).toEqual([
      {
        path: '/rollout',
        authorization: `Bearer ${stack.adminToken}`,
        body: {
          ...{ version: 'v2', reason: 'more trees', revision: 9, steps: [5, 50], step_minutes: 0.5 },
          guardrails: { errors: true, slow: true, accuracy: true, outcome: true },
        },
      },
    ]);
    await card().getByText(running.words).waitFor();
  });

  it('pauses and aborts with one confirmation, whatever the revision', async () => {
    await show(running);
    answers.change = reportOf(pausedBySelf);
    await button('Pause…').click();
    await dialog('Pause the rollout of v2?').getByRole('button', { name: 'Pause' }).click();
    await card().getByText(pausedBySelf.words).waitFor();
    answers.change = reportOf(rolledBack);
    await button('Abort…').click();
    await dialog('Abort the rollout of v2?').getByRole('button', { name: 'Abort and take back' }).click();
    await card().getByText(rolledBack.words).waitFor();
    expect(answers.sent.splice(0).map(({ path, body }) => ({ path, body }))).toEqual([
      { path: '/rollout/pause', body: { reason: 'pause from the page' } },
      { path: '/rollout/abort', body: { reason: 'abort from the page' } },
    ]);
  });

  it('asks for the name of the version before it gets all traffic', async () => {
    await show(running);
    answers.change = reportOf(done);
    await button('Raise…').click();
    await dialog('Raise v2 now?').getByRole('combobox', { name: 'Step' }).selectOption('100');
    const all = dialog('All traffic of the pair to v2?');
    const confirm = all.getByRole('button', { name: 'Raise to 100 %' });
    await all.getByRole('textbox', { name: 'Reason' }).fill('proven offline');
    expect(await confirm.isDisabled()).toBe(true);
    await all.getByRole('textbox', { name: /^Type v2/ }).fill('v2');
    await confirm.click();
    await card().getByText(done.words).waitFor();
    expect(answers.sent.splice(0)).toMatchObject([
      { path: '/rollout/promote', body: { reason: 'proven offline', revision: 9, step: 100, version: 'v2' } },
    ]);
  });

  it('resumes with the keyboard alone', async () => {
    await show(pausedBySelf);
    answers.change = reportOf(running);
    await button('Resume…').focus();
    await page.keyboard.press('Enter');
    const resume = dialog('Resume the rollout of v2?');
    await resume.getByRole('textbox', { name: 'Reason' }).focus();
    await page.keyboard.type('the cause is found');
    await page.keyboard.press('Enter');
    await card().getByText(running.words).waitFor();
    expect(answers.sent.splice(0)).toMatchObject([
      { path: '/rollout/resume', body: { reason: 'the cause is found', revision: 9, step: 10 } },
    ]);
  });

  it('409: decides on what the visitor saw, then shows what the rollout has become', async () => {
    await show(running);
    await button('Raise…').click();
    const promote = dialog('Raise v2 now?');
    await promote.getByRole('textbox', { name: 'Reason' }).fill('no time');
    answers.change = { status: 409, detail: 'Revision 10 is in force, not 9: the rollout moved.' };
    answers.rollout = reportOf(held, 10);
    // the card follows while the dialog is open; what the visitor confirms does not change under the hand
    await card().getByText(held.words).waitFor({ timeout: 15_000 });
    await promote.getByRole('button', { name: 'Raise to 25 %' }).click();
    await promote.getByRole('alert').filter({ hasText: 'Revision 10 is in force' }).waitFor();
    await promote.getByText(`Now: ${held.words}`).waitFor();
    answers.change = reportOf(running, 11);
    await promote.getByRole('button', { name: 'Raise to 25 %' }).click();
    await promote.waitFor({ state: 'detached' });
    expect(answers.sent.splice(0).map(({ body }) => body.revision)).toEqual([9, 10]);
  });

  it('401: says that the token is refused, and disables what needs it', async () => {
    await show(running);
    await button('Abort…').click();
    answers.change = { status: 401, detail: 'This is not the admin token.' };
    const abort = dialog('Abort the rollout of v2?');
    await abort.getByRole('button', { name: 'Abort and take back' }).click();
    await abort.getByRole('alert').filter({ hasText: 'not the admin token' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await button('Abort…').isDisabled()).toBe(true);
  });

  it('keeps the last state when the gateway fails, and says so', async () => {
    answers.rollout = { status: 503, detail: 'The control state cannot be read.' };
    await page
      .getByRole('alert')
      .filter({ hasText: 'The rollout: The control state cannot be read.' })
      .waitFor({ timeout: 20_000 });
    await card().getByText(running.words).waitFor();
  });

  it('writes nothing to the console but what the browser itself reports of refusals', () => {
    expect(opened.complaints.filter((line) => !line.includes('Failed to load resource'))).toEqual([]);
  });
});
