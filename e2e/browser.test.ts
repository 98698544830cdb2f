import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { predict } from './predict.ts';
import { type Stack, startStack } from './stack.ts';

let stack: Stack;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

it('moves a slider in a real browser and reads the prediction that the gateway gives for it', async () => {
  await page.goto(stack.uiUrl);
  const slider = page.getByRole('slider', { name: /petal width/i });
  await slider.waitFor();
  const answers: [number, string][] = [];
  for (const key of ['Home', 'End']) {
    await slider.press(key);
    const features = await sliderValues();
    const expected = await predict(stack.gatewayUrl, { features, preview: true });
    answers.push([features.at(-1) as number, expected.class]);
    await page.getByTestId('class').filter({ hasText: expected.class }).waitFor();
  }
  // the two ends differ, so that an answer that never changes could not have passed
  expect(new Set(answers.map(([, name]) => name)).size, JSON.stringify(answers)).toBe(2);
  expect(complaints).toEqual([]);
});

it('records one prediction at the press of the button', async () => {
  // keys that rest record a prediction by themselves: let that one come first
  await page.getByText(/^Recorded as/).waitFor();
  const before = await recorded();
  await page.getByRole('button', { name: 'Get prediction' }).click();
  await expect.poll(recorded, { timeout: 10_000 }).toBe(before + 1);
});

async function sliderValues(): Promise<number[]> {
  const sliders = await page.getByRole('slider').all();
  return Promise.all(sliders.map(async (slider) => Number(await slider.inputValue())));
}

async function recorded(): Promise<number> {
  const metrics = await (await fetch(`${stack.gatewayUrl}/metrics`)).text();
  return Number(/^prediction_requests_total (\d+)/m.exec(metrics)?.[1]);
}
