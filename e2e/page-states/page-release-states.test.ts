import type { ConfigView } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { candidate, reportOf, running, twoEpochs } from '../page/experiment-answers.ts';
import { fiveNames, fiveVersions } from '../page/five-versions.ts';
import { away, refused, waiting } from '../page/release-answers.ts';
import { resize } from '../page/resize.ts';
import { type StandInAnswers, standIn } from '../page/stand-in.ts';
import { violations } from '../page/violations.ts';
import { go, read, shoot, type Visit, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

let stack: Stack;
let browser: Browser;
let opened: Visit | undefined;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const calm: StandInAnswers = { comparison: twoEpochs, rollout: reportOf(null) };

async function show(answers: StandInAnswers, config?: ConfigView): Promise<Page> {
  await opened?.close();
  opened = await visit(browser, stack, '#/predict', { admin: true, events: false });
  const { page } = opened;
  await standIn(page, answers);
  if (config) await page.route('**/api/config', (route) => route.fulfill({ json: config }));
  await go(page, '#/release');
  await page.getByRole('region', { name: 'Split' }).waitFor();
  return page;
}

const overflow = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
const names = fiveNames;

describe('five versions', () => {
  let page: Page;
  beforeAll(async () => {
    const candidates = names.slice(1).map((version) => ({
      ...candidate,
      ...{ version, words: candidate.words.replace('v2', version) },
    }));
    page = await show(
      { ...calm, comparison: { ...twoEpochs, candidates }, releases: waiting },
      fiveVersions(await read<ConfigView>(stack, '/config')),
    );
  });

  it('have a verdict each, with their figures on demand, so that none hides another', async () => {
    const verdicts = page.getByRole('region', { name: 'Which version is better' });
    for (const version of names.slice(1)) await verdicts.getByText(`${version} is worse in errors`).waitFor();
    const table = verdicts.getByRole('table', { name: 'v3 against v1' });
    expect(await table.isVisible()).toBe(false);
    await verdicts.getByText('Figures of v3').click();
    await table.waitFor();
  });

  it('have a handle and a number field each, with their total', async () => {
    const split = page.getByRole('region', { name: 'Split' });
    await expect.poll(() => split.getByRole('slider').count(), { timeout: 10_000 }).toBe(5);
    await split.getByText('total 2,000').waitFor();
    await split.getByRole('spinbutton', { name: 'Weight of v3, number' }).fill('1000');
    await split.getByText('total 2,999').waitFor();
    expect(await split.getByRole('spinbutton', { name: 'Weight of v5, number' }).inputValue()).toBe('999');
  });

  it('say which of them is down', async () => {
    await page
      .getByRole('alert')
      .filter({ hasText: /v3 down since .*, others carry its share: v1 / })
      .waitFor();
  });

  it.each([1280, 768, 360])('fit %i pixels', async (width) => {
    await resize(page, { width, height: 800 });
    await expect.poll(() => overflow(page)).toBeLessThanOrEqual(0);
  });

  it('have no WCAG 2.2 A or AA violation', async () => {
    expect(await violations(page, 'five-versions')).toEqual([]);
  });
});

describe('states of a registry', () => {
  it('without a release say how to find some', async () => {
    const page = await show({ ...calm, releases: { ...waiting, champion: null, challenger: null, releases: [] } });
    await page.getByText('No release is champion or challenger yet.').waitFor();
    // what a registry has not is not promoted
    expect(await page.getByRole('button', { name: 'Promote…', exact: true }).count()).toBe(0);
  });

  it('that is away keep what was read last, and say so', async () => {
    const page = await show({ ...calm, releases: away });
    await page.getByRole('alert').filter({ hasText: 'The registry cannot be read' }).waitFor();
    await page.getByRole('table', { name: 'Challenger and champion' }).waitFor();
  });

  it('make any release the challenger, with a reason, and keep the refusal of one that counts on an older state', async () => {
    const page = await show({ ...calm, releases: waiting });
    const answers = await standIn(page, { ...calm, releases: waiting });
    await page.getByText('All 7 releases').click();
    await page.getByRole('button', { name: 'Make challenger… release 6' }).click();
    const dialog = page.getByRole('dialog', { name: 'Make release 6 the challenger?' });
    await dialog.getByText('Release 7 is the challenger now. v2 takes the release up within seconds').waitFor();
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('fewer features');
    answers.change = { status: 409, detail: 'The registry is at revision 13.' };
    await dialog.getByRole('button', { name: 'Make it the challenger' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'revision 13' }).waitFor();
    answers.change = { ...waiting, revision: 13, challenger: 6 };
    await dialog.getByRole('button', { name: 'Make it the challenger' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(answers.sent.map(({ path, body }) => [path, body])).toEqual(
      Array(2).fill([
        '/releases/alias',
        { alias: 'challenger', release: 6, reason: 'fewer features', revision: waiting.revision },
      ]),
    );
  });

  it('show who changed what in the registry', async () => {
    const page = await show({ ...calm, releases: waiting });
    const change = { revision: 12, time: '2026-03-02T06:58:41.000Z', who: 'jenkins', action: 'alias' };
    await page.route('**/api/releases/audit?*', (route) =>
      route.fulfill({ json: { audit: [{ ...change, what: 'challenger: 6 → 7', reason: 'nightly training' }] } }),
    );
    await page.getByText('Changes of the registry').click();
    const row = page.getByRole('table', { name: 'Changes of the registry' }).getByRole('row').nth(1);
    await expect.poll(() => row.textContent()).toMatch(/^12.*jenkins.*alias.*challenger: 6 → 7.*nightly training$/);
  });

  it('that the gateway cannot answer for are no part of the rest', async () => {
    const page = await show({ ...calm, releases: { status: 503, detail: 'The registry cannot be opened.' } });
    // the page knows nothing of a registry from before
    await page.reload();
    await page.getByRole('alert').filter({ hasText: 'The releases: The registry cannot be opened.' }).waitFor();
    await page.getByRole('region', { name: 'Split' }).waitFor();
    expect(await page.getByRole('region', { name: 'Releases' }).count()).toBe(0);
  });
});

it('a rollout under way is raised by itself, from the head too', async () => {
  const page = await show({ ...calm, rollout: reportOf(running) });
  await page.getByRole('button', { name: '→ 25 %… of traffic to v2' }).click();
  await page.getByRole('dialog', { name: 'Raise v2 now?' }).getByRole('button', { name: 'Raise to 25 %' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Promote…', exact: true }).click();
  await page.getByRole('dialog', { name: 'All traffic of the pair to v2?' }).waitFor();
});

it('nothing jumps while the route loads', async () => {
  await opened?.close();
  opened = await visit(browser, stack, '#/ops');
  const { page } = opened;
  await standIn(page, { ...calm, releases: waiting });
  await page.reload();
  await page.evaluate(`(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const one of list.getEntries())
        shifts.push([one.value, one.sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? String(node))]);
    }).observe({ type: 'layout-shift' });
  })()`);
  // no input before it: the browser does not count what follows one
  await go(page, '#/release');
  await page.getByRole('region', { name: 'Audit' }).waitFor();
  await page.getByRole('region', { name: 'Releases' }).waitFor();
  const shifts = await page.evaluate<[number, string[]][]>('shifts');
  expect(
    shifts.reduce((sum, [value]) => sum + value, 0),
    JSON.stringify(shifts),
  ).toBeLessThan(0.02);
});

it.each([
  ['normal', { ...calm, rollout: reportOf(running), releases: waiting }],
  ['wrong', { ...calm, releases: refused }],
])('%s: fits a phone and a desk', async (name, answers) => {
  const page = await show(answers as StandInAnswers);
  for (const width of [1280, 360]) {
    await resize(page, { width, height: 800 });
    await expect.poll(() => overflow(page)).toBeLessThanOrEqual(0);
    if (process.env.PAGE_SHOTS) await shoot(page, `release-${name}-${width}`);
  }
});
