import type { AuditPage, ConfigView, PerformanceReport, ShadowReport } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { go, patchConfig, read, shoot, type Visit, visit } from './page/visit.ts';
import { countVersions, splitPValue } from './stack/split.ts';
import { type Stack, startStack } from './stack/stack.ts';

let stack: Stack;
let browser: Browser;
let opened: Visit;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  opened = await visit(browser, stack, '#/release');
  page = opened.page;
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const weights = async () => (await read<ConfigView>(stack, '/config')).weights;
const revision = async () => (await read<ConfigView>(stack, '/config')).revision;
const button = (name: string | RegExp, on: Page = page) => on.getByRole('button', { name, exact: true });
const reason = (on: Page = page) => on.getByRole('region', { name: 'Split' }).getByRole('textbox', { name: 'Reason' });
const number = (version: string, on: Page = page) =>
  on.getByRole('spinbutton', { name: `Weight of ${version}, number` });

describe('traffic on the Release route', () => {
  it('changes nothing without the token, and says why', async () => {
    await page.getByText('Changing traffic requires the admin token').waitFor();
    for (const name of ['Canary', 'Apply', 'Roll back…']) expect(await button(name).isDisabled(), name).toBe(true);
    await page.getByText('shown with the admin token only').waitFor();
  });

  it('accepts only the right token, and keeps it for this tab only', async () => {
    await button('Enter the token').click();
    const dialog = page.getByRole('dialog', { name: 'Admin token' });
    await dialog.getByLabel('Token').fill('wrong');
    await button('Use it').click();
    await dialog.getByRole('alert').filter({ hasText: 'not the admin token' }).waitFor();
    await dialog.getByLabel('Token').fill(stack.adminToken);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => button('Canary').isEnabled()).toBe(true);
    const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, document.cookie, location.href])');
    expect(kept).not.toContain(stack.adminToken);
    // the wrong token gets a 401, which the browser itself reports
    expect(opened.complaints.splice(0)).toEqual([expect.stringContaining('401')]);
  });

  it('takes the token out of the address of the link that the gateway logs', async () => {
    const linked = await visit(browser, stack, '#/release', { admin: true });
    expect(linked.page.url()).not.toContain(stack.adminToken);
    expect(linked.complaints).toEqual([]);
    await linked.close();
  });

  it('applies a split with a reason, which shows in 1,000 requests, in the audit and in the header', async () => {
    await button('Canary').click();
    expect(await number('v1').inputValue()).toBe('90');
    expect(await button('Apply').isDisabled()).toBe(true);
    await number('v1').fill('80');
    // fields do not couple: who writes 333 and 667 writes each once
    expect(await number('v2').inputValue()).toBe('10');
    await page.getByRole('region', { name: 'Split' }).getByText('total 90').waitFor();
    await number('v2').fill('20');
    await reason().fill('canary of the new forest');
    await button('Apply').click();
    await page.getByText(/Applied as revision/).waitFor();
    expect(await weights()).toEqual({ v1: 80, v2: 20 });

    const counts = await countVersions(stack.gatewayUrl, 1000);
    expect(splitPValue(counts, { v1: 80, v2: 20 }), JSON.stringify(counts)).toBeGreaterThan(0.001);

    await page.getByRole('banner').getByText('80 %').waitFor();
    const row = page.getByRole('region', { name: 'Audit' }).getByRole('row').nth(1);
    await expect.poll(() => row.textContent()).toContain('canary of the new forest');
    expect(await row.textContent()).toContain('v1 50 → 80, v2 50 → 20');
    const { audit } = await read<AuditPage>(stack, '/audit');
    expect(audit[0]?.reason).toBe('canary of the new forest');
  });

  it('compares the observed split with the configured one', async () => {
    const card = page.getByRole('region', { name: 'Observed against configured' });
    await expect.poll(() => card.textContent(), { timeout: 20_000 }).toContain('1,000 assignments since');
    expect(await card.getByRole('row').count()).toBe(3);
  });

  it('undoes it', async () => {
    await button('Undo').click();
    await expect.poll(weights).toEqual({ v1: 50, v2: 50 });
    const { audit } = await read<AuditPage>(stack, '/audit');
    expect(audit[0]?.reason).toMatch(/^undo of revision \d+$/);
  });

  it('requires typing the name of a version that would get all traffic', async () => {
    await button('Full').click();
    await reason().fill('all in');
    await button('Apply').click();
    const dialog = page.getByRole('dialog', { name: 'All traffic to v2?' });
    const confirm = dialog.getByRole('button', { name: 'Send all traffic to v2' });
    await dialog.getByRole('textbox').fill('v1');
    expect(await confirm.isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await weights()).toEqual({ v1: 50, v2: 50 });
    await button('Apply').click();
    await dialog.getByRole('textbox').fill('v2');
    await page.keyboard.press('Enter');
    await expect.poll(weights).toEqual({ v1: 0, v2: 100 });
  });

  it('rolls back with one confirmation', async () => {
    await button('Roll back…').click();
    await page.getByRole('dialog', { name: 'Roll back?' }).getByRole('button', { name: 'Roll back' }).click();
    await expect.poll(weights).toEqual({ v1: 100, v2: 0 });
    await expect.poll(() => button('Roll back…').isDisabled()).toBe(true);
  });

  it('works with the keyboard alone', async () => {
    await number('v1').focus();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('60');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('40');
    await reason().focus();
    await page.keyboard.type('by keys');
    await page.keyboard.press('Enter');
    await expect.poll(weights).toEqual({ v1: 60, v2: 40 });
  });

  it('shows who changed what to the second of two tabs that edit the same weights, and loses neither', async () => {
    const second = await visit(browser, stack, '#/release', { admin: true });
    await number('v1', second.page).fill('30');
    await number('v2', second.page).fill('70');
    await reason(second.page).fill('from the second tab');
    await number('v1').fill('70');
    await number('v2').fill('30');
    await reason().fill('from the first tab');
    await button('Apply').click();
    await expect.poll(weights).toEqual({ v1: 70, v2: 30 });
    await button('Apply', second.page).click();
    const alert = second.page.getByRole('alert').filter({ hasText: 'changed in the meantime' });
    await alert.waitFor();
    await expect.poll(() => alert.textContent()).toContain('from the first tab');
    expect(await weights()).toEqual({ v1: 70, v2: 30 });
    await shoot(second.page, 'conflict-409');
    await button('Keep my draft', second.page).click();
    await button('Apply', second.page).click();
    await expect.poll(weights).toEqual({ v1: 30, v2: 70 });
    await second.close();
  });

  it('follows a change made elsewhere while there is no draft', async () => {
    await patchConfig(stack, { weights: { v1: 55, v2: 45 }, reason: 'from a terminal' });
    await expect.poll(() => number('v1').inputValue(), { timeout: 10_000 }).toBe('55');
    await page.getByText(`revision ${await revision()}`, { exact: true }).waitFor();
  });

  it('explains weights that the gateway would refuse', async () => {
    await number('v1').fill('1.5');
    await page.getByText('The weight of v1 must be a whole number of 0 or more.').first().waitFor();
    expect(await button('Apply').isDisabled()).toBe(true);
    await button('Discard').click();
    expect(await number('v1').inputValue()).toBe('55');
  });

  it('turns a shadow on and off, and shows its agreement', async () => {
    const card = page.getByRole('region', { name: 'Shadow', exact: true });
    await card.getByRole('textbox', { name: 'Reason' }).fill('compare before the canary');
    await button('Turn shadow on').click();
    await card.getByText('copying to').waitFor();
    await countVersions(stack.gatewayUrl, 60);
    await expect.poll(() => card.textContent(), { timeout: 15_000 }).toMatch(/agreement\s*\d/);
    const { agreement } = await read<ShadowReport>(stack, '/shadow');
    await expect.poll(() => card.textContent()).toContain(`${((agreement?.value ?? 0) * 100).toFixed(1)} %`);
    await card.getByRole('textbox', { name: 'Reason' }).fill('enough seen');
    await button('Turn shadow off').click();
    await expect.poll(async () => (await read<ConfigView>(stack, '/config')).shadow).toBeNull();
  });

  it('marks a version that is down', async () => {
    await stack.kill('model-v2');
    await page
      .getByRole('region', { name: 'Split' })
      .getByText(/down|ejected/)
      .waitFor({ timeout: 20_000 });
    await page
      .getByRole('banner')
      .getByText(/down|ejected/)
      .waitFor();
    await shoot(page, 'version-down');
    await stack.restart('model-v2');
    await page
      .getByRole('banner')
      .getByText(/down|ejected/)
      .waitFor({ state: 'detached', timeout: 20_000 });
  });

  it('has one handle for two versions, which keeps their total', async () => {
    const handle = page.getByRole('slider', { name: 'Split between v1 and v2' });
    await handle.focus();
    await page.keyboard.press('Home');
    expect([await number('v1').inputValue(), await number('v2').inputValue()]).toEqual(['100', '0']);
    await page.keyboard.press('ArrowRight');
    expect(await handle.getAttribute('aria-valuetext')).toBe('v1 99 %, v2 1 %');
    await button('Discard').click();
  });

  it('says of a period that it spans changes, and so compares nothing spans changes, and so compares nothing', async () => {
    await go(page, '#/performance?since=1h');
    const changes = page.getByRole('region', { name: 'Changes in this period' });
    await expect.poll(() => changes.textContent()).toContain('do not compare the versions');
    const { comparable } = await read<PerformanceReport>(stack, '/performance?since=1h');
    expect(comparable).toBe(false);
  });

  it('writes nothing to the console in all of this', () => expect(opened.complaints).toEqual([]));
});
