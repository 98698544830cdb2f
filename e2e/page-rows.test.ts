import { readFileSync } from 'node:fs';
import type { HistoryRow, ModelCard, PredictionBatch } from '@coppice/contract';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sliderValues } from './page/sliders.ts';
import { go, read, type Visit, visit } from './page/visit.ts';
import { type Stack, startStack } from './stack/stack.ts';

let stack: Stack;
let browser: Browser;
let opened: Visit;
let page: Page;
let card: ModelCard;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  card = await read(stack, '/model-info');
  opened = await visit(browser, stack, '#/predict?petal_width=0.2');
  page = opened.page;
  await page.getByTestId('class').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

describe('the row that Predict starts with', () => {
  it('starts on the training row on which the versions disagree most', async () => {
    // the servers are warm by now
    const { page: fresh, close } = await visit(browser, stack, '#/predict');
    await fresh.getByTestId('class').waitFor();
    const start = await sliderValues(fresh);
    await fresh.getByText(/The versions (dis)?agree/).waitFor();
    await close();
    const rows = card.rows.map(({ features }) => features as number[]);
    expect(rows.map(String)).toContain(String(start));
    const answers = await Promise.all(
      ['v1', 'v2'].map((version) => answersOf(rows, version).then((all) => all.map((one) => one.probability ?? []))),
    );
    const [v1, v2] = answers as [number[][], number[][]];
    const apart = rows.map((_, i) =>
      (v1[i] ?? []).reduce((sum, share, c) => sum + Math.abs(share - (v2[i]?.[c] ?? 0)), 0),
    );
    expect(apart[rows.findIndex((row) => String(row) === String(start))]).toBeGreaterThan(0);
  });

  it('says in a sentence what this is, until the first own prediction', async () => {
    await page.getByText(/see what each version of iris answers/).waitFor();
  });

  it('keeps the answer in view beside the inputs', async () => {
    await page.getByText('View as code').scrollIntoViewIfNeeded();
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    const box = await page.getByTestId('class').boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect(box?.y).toBeLessThan(800);
    await page.evaluate('scrollTo(0, 0)');
  });
});

describe('rows that a visitor brings to Predict', () => {
  it('keeps what was entered over a change of route and a reload without it in the address', async () => {
    await page.getByRole('spinbutton', { name: /sepal width/ }).fill('3.3');
    await go(page, '#/history');
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await go(page, '#/predict');
    await page.getByTestId('class').waitFor();
    expect((await sliderValues(page)).slice(1)).toEqual([3.3, expect.any(Number), 0.2]);
    await page.getByRole('spinbutton', { name: /sepal width/ }).fill('');
    await page.getByText('enter a number').waitFor();
    await go(page, '#/ops');
    await page.getByRole('heading', { name: 'Ops' }).waitFor();
    await go(page, '#/predict');
    await page.getByText('enter a number').waitFor();
    await page.getByRole('spinbutton', { name: /sepal width/ }).fill('3.1');
    await page.getByTestId('class').waitFor();
  });

  it('takes a pasted row, and says where one is wrong', async () => {
    await page.getByText('Paste or drop rows').click();
    const rows = page.getByRole('textbox', { name: 'Rows' });
    await rows.fill('petal_width\tpetal length\tsepal_width (cm)\tsepal_length\n0,3\t1,4\t3,5\t5,1');
    await expect.poll(() => sliderValues(page)).toEqual([5.1, 3.5, 1.4, 0.3]);
    await rows.fill('5.1,3.5,1.4,0.2\n6,3,x,1');
    await page.getByText('Line 2, column petal_length: “x” is no number.').waitFor();
    // outside of a field it goes the same way
    await page.evaluate(`(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', '{"sepal_length":6,"sepal_width":3,"petal_length":4.5,"petal_width":1.5}');
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    })()`);
    await expect.poll(() => sliderValues(page)).toEqual([6, 3, 4.5, 1.5]);
  });

  it('predicts a CSV file in batches, and gives it back with the answers, marked as from the page', async () => {
    const many = Array.from({ length: 2500 }, (_, i) => card.rows[i % card.rows.length]?.features as number[]);
    const names = card.features.map(({ name }) => name).join();
    const text = `${names},species\n${many.map((row) => `${row.join()},?`).join('\n')}\n`;
    const sizes: number[] = [];
    const watch = (request: Request) => {
      const { instances, preview } = request.url().endsWith('/api/predict') ? request.postDataJSON() : {};
      if (instances && !preview) sizes.push(instances.length);
    };
    page.on('request', watch);
    await page
      .getByLabel('or a file')
      .setInputFiles({ name: 'flowers.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByText('Not of the model, left out: species.').waitFor();
    await page.getByRole('button', { name: 'Predict 2,500 rows' }).click();
    await page.getByText('2,500 of 2,500 predicted').waitFor({ timeout: 30_000 });
    page.off('request', watch);
    expect(sizes).toEqual([1024, 1024, 452]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(lines[0]).toBe(
      `${names},class,${card.classes.map(({ name }) => `probability_${name}`).join()},model_version,prediction_id,source`,
    );
    expect(lines).toHaveLength(2501);
    const last = (lines.at(-1) ?? '').split(',');
    expect(last.slice(0, 4).map(Number)).toEqual(many.at(-1));
    expect(last.at(-1)).toBe('page');
    const recorded = await read<HistoryRow>(stack, `/predictions/${last.at(-2)}`);
    expect(recorded).toMatchObject({ source: 'page', features: many.at(-1), class: last[4] });
    const shown = page.getByRole('group', { name: 'Predicted rows' }).getByRole('row');
    expect(await shown.count()).toBe(101);
    await shown.nth(3).getByRole('button').click();
    await expect.poll(() => sliderValues(page)).toEqual(many[2]);
  });

  it('keeps what was predicted when a batch fails, and goes on from there', async () => {
    const many = Array.from({ length: 1500 }, (_, i) => card.rows[i % card.rows.length]?.features.join());
    await page
      .getByLabel('or a file')
      .setInputFiles({ name: 'more.csv', mimeType: 'text/csv', buffer: Buffer.from(many.join('\n')) });
    let batches = 0;
    await page.route('**/api/predict', async (route) => {
      const { instances, preview } = route.request().postDataJSON();
      if (instances && !preview && ++batches === 2)
        await route.fulfill({ status: 400, json: { detail: 'No version can answer.' } });
      else await route.continue();
    });
    await page.getByRole('button', { name: 'Predict 1,500 rows' }).click();
    await page.getByText('Rows 1025 to 1500 are not predicted: No version can answer.').waitFor();
    await page.getByRole('button', { name: 'Go on from row 1,025' }).click();
    await page.getByText('1,500 of 1,500 predicted').waitFor();
    await page.unroute('**/api/predict');
  });

  it('writes nothing to the console but what failed', () =>
    expect(opened.complaints.filter((one) => !one.includes('status of 400'))).toEqual([]));
});

async function answersOf(instances: number[][], version: string): Promise<PredictionBatch['predictions']> {
  const answer = await fetch(`${stack.gatewayUrl}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-model-version': version },
    body: JSON.stringify({ instances, preview: true }),
  });
  return ((await answer.json()) as PredictionBatch).predictions;
}
