import type { ConfigView, RolloutReport } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { read, shoot, type Visit, visit } from './page/visit.ts';
import { type Stack, startStack } from './stack/stack.ts';

let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

describe('the rollout of the gateway', () => {
  let real: Visit;
  const region = (name: string) => real.page.getByRole('region', { name, exact: true });
  const press = (name: string) => region('Rollout').getByRole('button', { name }).click();
  const confirm = async (title: string, action: string, reason?: string) => {
    const asked = real.page.getByRole('dialog', { name: title });
    if (reason) await asked.getByRole('textbox', { name: 'Reason' }).fill(reason);
    await asked.getByRole('button', { name: action }).click();
    await asked.waitFor({ state: 'detached' });
  };
  const inForce = async () => (await read<ConfigView>(stack, '/config')).weights;
  const share = async () => {
    const { v1 = 0, v2 = 0 } = await inForce();
    return v2 / (v1 + v2);
  };
  const words = async () => (await read<RolloutReport>(stack, '/rollout')).rollout?.words ?? 'none';

  beforeAll(async () => {
    real = await visit(browser, stack, '#/release', { admin: true });
  });
  afterAll(() => real?.close());

  it('starts from the page, and the card says in its words where it stands', async () => {
    await press('Start a rollout…');
    const asked = real.page.getByRole('dialog', { name: 'Start a rollout?' });
    await asked.getByText('Steps, guardrails and proof').click();
    await asked.getByRole('textbox', { name: /^Steps/ }).fill('10, 50');
    await asked.getByRole('spinbutton', { name: 'Least minutes of a step' }).fill('60');
    await confirm('Start a rollout?', 'Start with v2', 'more trees');
    await expect.poll(share).toBeCloseTo(0.1, 9);
    await region('Rollout')
      .getByText(await words())
      .waitFor({ timeout: 20_000 });
    expect(await region('Rollout').locator('[aria-current=step]').textContent()).toContain('10 %');
  });

  it('is promoted to its next step, and after a look shows its guardrails', async () => {
    await press('Raise…');
    await confirm('Raise v2 now?', 'Raise to 50 %', 'it is safe');
    await expect.poll(share).toBeCloseTo(0.5, 9);
    await region('Rollout').getByRole('table', { name: 'Guardrails' }).waitFor({ timeout: 40_000 });
  });

  it('pauses when a person changes the weights on the page, and resumes with its own', async () => {
    await region('Split').getByText('Changing the weights here pauses it').waitFor();
    await real.page.getByRole('spinbutton', { name: 'Weight of v1, number' }).fill('70');
    await real.page.getByRole('spinbutton', { name: 'Weight of v2, number' }).fill('30');
    await region('Split').getByRole('textbox', { name: 'Reason' }).fill('more of the old one for an hour');
    await region('Split').getByRole('button', { name: 'Apply' }).click();
    await region('Rollout').getByText("paused, others' weights in force").first().waitFor();
    await expect.poll(share).toBeCloseTo(0.3, 9);
    await press('Resume…');
    await confirm('Resume the rollout of v2?', 'Resume at 50 %', 'the hour is over');
    await expect.poll(share).toBeCloseTo(0.5, 9);
  });

  it('is aborted: the version has no traffic, and the moves say who did what', async () => {
    await press('Abort…');
    await confirm('Abort the rollout of v2?', 'Abort and take back');
    await expect.poll(share).toBe(0);
    await region('Rollout').getByText('rolled back', { exact: true }).first().waitFor();
    await region('Rollout')
      .getByText(/^\d earlier$/)
      .click();
    const moves = await region('Rollout').getByRole('listitem').allTextContents();
    for (const reason of ['more trees', 'it is safe', 'more of the old one for an hour', 'the hour is over'])
      expect(moves.join('\n')).toContain(reason);
    await shoot(real.page, 'rollout-aborted');
  });

  it('writes nothing to the console in all of this', () => expect(real.complaints).toEqual([]));
});
