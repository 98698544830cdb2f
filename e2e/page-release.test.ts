import type { ConfigView, PresetName } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportOf, running, twoEpochs } from './page/experiment-answers.ts';
import { sendJudged } from './page/judged-traffic.ts';
import { noReleases } from './page/no-releases.ts';
import { approved, promoted, refused, underWay, waiting } from './page/release-answers.ts';
import { type StandIn, standIn } from './page/stand-in.ts';
import { go, patchConfig, read, type Visit, visit } from './page/visit.ts';
import { type Stack, startStack } from './stack/stack.ts';

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

const weights = async () => (await read<ConfigView>(stack, '/config')).weights;
const title = () => page.getByRole('heading', { level: 1 });
const region = (name: string) => page.getByRole('region', { name, exact: true });
const dialog = (name: string) => page.getByRole('dialog', { name });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const preset = (name: PresetName) => patchConfig(stack, { preset: name, reason: `${name} from a terminal` });

describe('from a first visit to a canary that is rolled back', () => {
  beforeAll(async () => {
    opened = await visit(browser, stack, '#/predict');
    page = opened.page;
    await page.route('**/api/releases', (route) => route.fulfill({ json: noReleases }));
    await page.goto(stack.uiUrl);
  });
  afterAll(() => opened?.close());

  it('opens with how traffic stands, and without the token changes nothing', async () => {
    await expect.poll(() => title().textContent()).toMatch(/v1 and v2 · 50 % each$/);
    await page.getByText(/^since \d\d:\d\d \(/).waitFor();
    expect(await button('Roll back…').isDisabled()).toBe(true);
    expect(await button('Promote…').isDisabled()).toBe(true);
    await page.getByRole('navigation').getByRole('link', { name: 'Predict' }).click();
    await page.getByRole('button', { name: 'Record' }).click();
    await page.getByText(/^Recorded as/).waitFor();
  });

  it('says nothing of releases where the gateway has no registry', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Release' }).click();
    await region('Split').waitFor();
    expect(await region('Releases').count()).toBe(0);
  });

  it('starts a canary and raises it by one step, with a reason each, which can be undone', async () => {
    await button('Enter the token').click();
    await dialog('Admin token').getByLabel('Token').fill(stack.adminToken);
    await page.keyboard.press('Enter');
    await region('Split').getByRole('button', { name: 'Canary' }).click();
    await region('Split').getByRole('textbox', { name: 'Reason' }).fill('more trees');
    await region('Split').getByRole('button', { name: 'Apply' }).click();
    await expect.poll(() => title().textContent()).toMatch(/v2 canary · 10 %$/);
    await page.getByRole('button', { name: '→ 25 %… of traffic to v2' }).click();
    const raise = dialog('Raise v2 to 25 %?');
    await raise.getByText('From the next request on: v1 75 %, v2 25 %.').waitFor();
    await raise.getByRole('textbox', { name: 'Reason' }).fill('looks well');
    await raise.getByRole('button', { name: 'Raise to 25 %' }).click();
    await expect.poll(weights).toEqual({ v1: 75, v2: 25 });
    await button('Undo').click();
    await expect.poll(weights).toEqual({ v1: 90, v2: 10 });
    await expect.poll(() => title().textContent()).toMatch(/v2 canary · 10 %$/);
  });

  it('is refused a step that counts on weights which somebody else changed', async () => {
    await page.getByRole('button', { name: '→ 25 %… of traffic to v2' }).click();
    const raise = dialog('Raise v2 to 25 %?');
    await raise.getByRole('textbox', { name: 'Reason' }).fill('looks well');
    await preset('equal');
    await raise.getByRole('button', { name: 'Raise to 25 %' }).click();
    await raise.getByRole('alert').waitFor();
    expect(await weights()).toEqual({ v1: 50, v2: 50 });
    await page.keyboard.press('Escape');
    expect(await page.getByRole('alert').count()).toBe(0);
    await preset('canary');
    await expect.poll(() => title().textContent(), { timeout: 10_000 }).toMatch(/v2 canary · 10 %$/);
    // the browser itself reports the refusal
    expect(opened.complaints.splice(0)).toEqual([expect.stringContaining('409')]);
  });

  it("watches the verdict: the gateway's sentence, above the numbers it rests on", async () => {
    await sendJudged(stack, 1500, { v1: 0.95, v2: 0.5 });
    const verdict = region('Which version is better');
    await expect.poll(() => verdict.textContent(), { timeout: 40_000 }).toMatch(/v2 is worse/);
    const rows = await verdict.getByRole('rowheader').allTextContents();
    expect(rows.slice(0, 2).map((row) => row.trim().split(/\s/)[0])).toEqual(['accuracy', 'errors']);
  });

  it('rolls back with one confirmation, from the keyboard', async () => {
    await button('Roll back…').focus();
    await page.keyboard.press('Enter');
    await dialog('Roll back?').waitFor();
    await dialog('Roll back?').getByRole('button', { name: 'Roll back' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(weights).toEqual({ v1: 100, v2: 0 });
    await expect.poll(() => title().textContent()).toMatch(/v1 · all traffic$/);
    expect(await button('Roll back…').isDisabled()).toBe(true);
  });

  it("asks for the version's name before it gets all traffic, as the split does", async () => {
    await button('Promote…').click();
    const all = dialog('All traffic to v2?');
    await all.getByRole('textbox', { name: 'Reason' }).fill('proven');
    expect(await all.getByRole('button', { name: 'Send all traffic to v2' }).isDisabled()).toBe(true);
    await all.getByRole('textbox', { name: /^Type v2/ }).fill('v2');
    await all.getByRole('button', { name: 'Send all traffic to v2' }).click();
    await expect.poll(weights).toEqual({ v1: 0, v2: 100 });
    await expect.poll(() => title().textContent()).toMatch(/v2 · all traffic$/);
    expect(await button('Promote…').count()).toBe(0);
  });

  it('writes nothing to the console in all of this', () => expect(opened.complaints).toEqual([]));
});

describe('releases of a registry', () => {
  let answers: StandIn;
  beforeAll(async () => {
    await preset('canary');
    opened = await visit(browser, stack, '#/predict', { admin: true });
    page = opened.page;
    const releases = twoEpochs.epochs.map((epoch) => ({
      ...epoch,
      releases: { v1: 'a'.repeat(64), v2: 'b'.repeat(64) },
    }));
    answers = await standIn(page, {
      comparison: { ...twoEpochs, epochs: releases },
      rollout: reportOf(null),
      releases: waiting,
    });
    await go(page, '#/release');
  });
  afterAll(() => opened?.close());

  const row = (number: number) => region('Releases').getByRole('row', { name: new RegExp(`^${number} `) });
  const show = async (view: StandIn['releases']) => {
    answers.releases = view;
    await go(page, '#/predict');
    await go(page, '#/release');
    await row(7).waitFor();
  };

  it('say which version serves them since when, how right they are, and where their report is', async () => {
    await row(7).waitFor();
    expect(await row(7).textContent()).toMatch(
      /challenger.*v2\s*since .*93\.0 %.*1,200 test rows.*passes.*not judged yet/s,
    );
    expect(await row(4).textContent()).toMatch(/champion.*v1\s*since .*91\.2 %.*approved by ada/s);
    const report = region('Releases').getByRole('link', { name: 'Report of release 7' });
    expect(await report.getAttribute('href')).toBe('./api/releases/7/report');
    await page.getByText('v1 serves release 4 · v2 serves release 7').waitFor();
  });

  it('show each line of the gate and by how much it passes', async () => {
    const lines = await region('Releases').getByRole('list', { name: 'Gate' }).getByRole('listitem').allTextContents();
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/passes\s*accuracy >= 0\.9\s*93\.0 % on 1,200 test rows: 3\.0 points above/);
  });

  it('are approved and rejected with a reason', async () => {
    await button('Reject release 7…').click();
    const reject = dialog('Reject release 7?');
    await reject.getByRole('button', { name: 'Reject release 7' }).click();
    // the reason is required: the browser asks for it, and nothing is sent
    expect(answers.sent).toEqual([]);
    await page.keyboard.press('Escape');
    await button('Approve release 7…').click();
    await dialog('Approve release 7?').getByRole('textbox', { name: 'Reason' }).fill('more trees');
    answers.change = approved;
    await dialog('Approve release 7?').getByRole('button', { name: 'Approve release 7' }).click();
    await row(7).getByText('approved by admin').waitFor();
    expect(answers.sent.splice(0)).toEqual([
      {
        path: '/releases/approve',
        authorization: `Bearer ${stack.adminToken}`,
        body: { release: 7, reason: 'more trees', revision: 12 },
      },
    ]);
    expect(await button('Approve release 7…').count()).toBe(0);
  });

  it('that the gate refuses cannot be promoted, and the page says by how much', async () => {
    await show(refused);
    await region('Releases').getByText('1.9 points below 0.9').waitFor();
    for (const name of ['Promote release 7…', 'Promote…']) expect(await button(name).isDisabled(), name).toBe(true);
  });

  it('may be promoted by a rollout, once it is done', async () => {
    await region('Rollout').getByRole('button', { name: 'Start a rollout…' }).click();
    const start = dialog('Start a rollout?');
    await start.getByRole('checkbox', { name: /^Promote release 7 once it is done/ }).check();
    await start.getByRole('textbox', { name: 'Reason' }).fill('more trees');
    answers.change = reportOf({ ...running, promote: { release: 7, state: 'waits' } });
    await start.getByRole('button', { name: 'Start with v2' }).click();
    await region('Rollout').getByText('Once it is done, release 7 becomes the champion.').waitFor();
    expect(answers.sent.splice(0)).toMatchObject([{ path: '/rollout', body: { version: 'v2', promote: true } }]);
    answers.rollout = reportOf(null);
  });

  it('are approved and promoted in one, by typing the number', async () => {
    await show(waiting);
    await button('Promote…').click();
    const promote = dialog('Promote release 7?');
    await promote.getByText('To promote it is to approve it').waitFor();
    await promote.getByRole('textbox', { name: 'Reason' }).fill('more trees');
    const confirm = promote.getByRole('button', { name: 'Approve and promote release 7' });
    await promote.getByRole('textbox', { name: /^Type 7/ }).fill('4');
    expect(await confirm.isDisabled()).toBe(true);
    await promote.getByRole('textbox', { name: /^Type 7/ }).fill('7');
    answers.change = { status: 409, detail: 'Revision 13 is in force, not 12: ada approved release 7.' };
    answers.releases = approved;
    await confirm.click();
    await promote.getByRole('alert').filter({ hasText: 'ada approved release 7' }).waitFor();
    answers.change = underWay;
    await promote.getByRole('button', { name: 'Promote release 7' }).click();
    await promote.waitFor({ state: 'detached' });
    // what was asked the second time counts on what the page showed by then
    expect(answers.sent.splice(0).map(({ path, body }) => ({ path, body }))).toEqual([
      { path: '/releases/promote', body: { release: 7, reason: 'more trees', revision: 12, approve: true } },
      { path: '/releases/promote', body: { release: 7, reason: 'more trees', revision: 13 } },
    ]);
  });

  it('wait until the version serves what it is to serve, and say so', async () => {
    await region('Releases').getByText('Release 7 is on its way.').waitFor();
    answers.releases = promoted;
    await region('Releases').getByText('Release 7 is on its way.').waitFor({ state: 'detached', timeout: 10_000 });
    expect(await row(7).textContent()).toMatch(/champion.*v1.*v2/s);
  });

  it('are taken back with one confirmation, by the button of each rollback', async () => {
    for (const name of ['Take back release 7…', 'Roll back…']) {
      answers.releases = promoted;
      await button(name).click();
      const back = dialog('Take back release 7?');
      await back.getByText('the weights of before come back: v1 90 %, v2 10 %').waitFor();
      await page.keyboard.press('Escape');
    }
    await button('Roll back…').click();
    answers.change = { ...waiting, revision: 16 };
    await dialog('Take back release 7?').getByRole('button', { name: 'Take back' }).click();
    await row(4).getByText('champion').waitFor();
    expect(answers.sent.splice(0)).toMatchObject([
      { path: '/releases/rollback', body: { reason: 'taken back from the page' } },
    ]);
    expect(await weights()).toEqual({ v1: 90, v2: 10 });
  });
});
