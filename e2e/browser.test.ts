import type { Prediction } from '@coppice/contract';
import { predict } from '@coppice/testkit/predict';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stack, startStack } from './stack/stack.ts';

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

it('moves a slider in a real browser and reads the gateway’s prediction for it', async () => {
  await page.goto(`${stack.uiUrl}/#/predict`);
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

it('records the prediction of the button', async () => {
  // releasing a slider records one as well: the button's own comes after it
  await page.getByText('Recorded as').waitFor();
  const answered = page.waitForResponse(
    (response) => response.url().endsWith('/api/predict') && !response.request().postDataJSON().preview,
  );
  await page.getByRole('button', { name: 'Record' }).click();
  const { prediction_id } = (await (await answered).json()) as Prediction;
  expect(prediction_id).toBeDefined();
  const record = `${stack.gatewayUrl}/predictions/${prediction_id}`;
  await expect.poll(async () => (await fetch(record)).status, { timeout: 10_000 }).toBe(200);
  expect(await (await fetch(record)).json()).toMatchObject({ features: await sliderValues() });
});

async function sliderValues(): Promise<number[]> {
  const sliders = await page.getByRole('slider').all();
  return Promise.all(sliders.map(async (slider) => Number(await slider.inputValue())));
}
