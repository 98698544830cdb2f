import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeatureValue, HistoryRow, ModelCard, Prediction } from '@coppice/contract';
import { MIXED_CLASSES, mixedAnswer, writeMixedModel } from '@coppice/testkit/mixed-model';
import { predict } from '@coppice/testkit/predict';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { go, read, type Visit, visit } from './page/visit.ts';
import { type Stack, startStack } from './stack/stack.ts';

type Row = Record<string, FeatureValue>;

let artifacts: string;
let stack: Stack;
let browser: Browser;
let opened: Visit;
let page: Page;
let card: ModelCard;

beforeAll(async () => {
  artifacts = mkdtempSync(join(tmpdir(), 'coppice-page-mixed-'));
  card = writeMixedModel(join(artifacts, 'v1'), { name: 'iris' });
  writeMixedModel(join(artifacts, 'v2'), { name: 'iris', version: 'v2', shift: 1 });
  [stack, browser] = await Promise.all([startStack({ artifacts }), launchBrowser()]);
  opened = await visit(browser, stack, '#/predict');
  page = opened.page;
  await page.getByTestId('class').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  rmSync(artifacts, { recursive: true, force: true });
});

describe('the Predict route of a model with features of all kinds', () => {
  it('starts at a training row on which the versions disagree', async () => {
    const row = Object.values(await recorded());
    expect(card.rows.map(({ features }) => JSON.stringify(features))).toContain(JSON.stringify(row));
    await page.getByText('≠ The versions disagree').waitFor();
  });

  it('takes a category, a switch, a date, another value and a gap by keyboard alone, and answers as the artifact does', async () => {
    await go(page, '#/predict?length=10&colour=green&ripe=false&picked=2024-06-15');
    await expect.poll(() => page.getByRole('switch', { name: 'ripe' }).isChecked()).toBe(false);
    await focus(page.getByRole('spinbutton', { name: 'length, cm, number' }));
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('12.5');
    await focus(page.getByLabel('colour', { exact: true }));
    await page.keyboard.type('red');
    await focus(page.getByRole('switch', { name: 'ripe' }));
    await page.keyboard.press('Space');
    await focus(page.getByLabel('picked', { exact: true }));
    await page.keyboard.type('07042024');
    const first = { length: 12.5, colour: 'red', ripe: true, picked: '2024-07-04' };
    await expectAnswer(first);

    await focus(page.getByRole('checkbox', { name: 'picked missing' }));
    await page.keyboard.press('Space');
    await expectAnswer({ ...first, picked: null });
    // the gap is undone by the same key
    await page.keyboard.press('Space');
    await expectAnswer(first);
    await page.keyboard.press('Space');

    await focus(page.getByLabel('colour', { exact: true }));
    await page.keyboard.type('missing');
    await expectAnswer({ ...first, picked: null, colour: null });
    await page.keyboard.press('ArrowUp');
    await page.getByText('enter a value').waitFor();
    expect(await page.getByRole('button', { name: 'Record' }).isDisabled()).toBe(true);
    await page.keyboard.press('Tab');
    await page.keyboard.type('mauve & "gold"');
    await expectAnswer({ ...first, picked: null, colour: 'mauve & "gold"' });
  });

  it('keeps text and gaps in its address', async () => {
    const before = await recorded();
    await expect.poll(() => page.url()).toMatch(/colour=mauve[^&]*&ripe=true&picked=(&|$)/);
    await page.reload();
    await page.getByTestId('class').waitFor();
    expect(await recorded()).toEqual(before);
  });

  it('shows what each version answers with each value, and with none', async () => {
    await page.getByRole('combobox', { name: 'Sweep' }).selectOption('colour');
    await page.getByText('As a table').click();
    const table = page.getByRole('group', { name: 'What if, as a table' });
    for (const colour of ['green', 'red', 'blue', 'mauve & "gold"', null]) {
      const answers = [0, 1].map((shift) => mixedAnswer({ length: 12.5, colour }, shift));
      const wanted = MIXED_CLASSES.flatMap((_, c) => answers.map((answer) => (answer === c ? '100.0 %' : '0.0 %')));
      const row = table.getByRole('row', { name: colour ?? 'missing' });
      await expect.poll(() => row.getByRole('cell').allTextContents()).toEqual(wanted);
    }
  });

  it('writes code that sends the same row', async () => {
    await page.getByText('View as code').click();
    const code = page.getByRole('region', { name: 'The request as curl' });
    await expect.poll(() => code.textContent()).toContain('"ripe":true,"picked":null');
    await page.getByRole('radio', { name: 'Python' }).check();
    const python = page.getByRole('region', { name: 'The request as Python' });
    await expect.poll(() => python.textContent()).toMatch(/"ripe": True,\s*"picked": None/);
  });

  it('writes typical rows, and real ones with their gaps', async () => {
    const presets = page.getByRole('combobox', { name: 'Preset' });
    for (const [i, { typical }] of card.classes.entries()) {
      await presets.selectOption(`typical ${MIXED_CLASSES[i]}`);
      expect(Object.values(await recorded()).slice(1)).toEqual(typical.slice(1));
    }
    await presets.selectOption('random training row');
    const rows = card.rows.map(({ features }) => JSON.stringify(features));
    expect(rows).toContain(JSON.stringify(Object.values(await recorded())));
  });

  it('shows the row in the history in words, and opens it again as it was', async () => {
    await go(page, '#/predict?length=11&colour=&ripe=true&picked=2024-05-09');
    await page.reload();
    await page.getByTestId('class').waitFor();
    const before = await recorded();
    await go(page, '#/history');
    await page
      .getByRole('button', { name: /^Detail of/ })
      .first()
      .click();
    await expect.poll(() => page.locator('.detail').textContent()).toMatch(/colour\s*missing.*ripe\s*yes/s);
    await page.getByRole('link', { name: 'Open these inputs in Predict' }).click();
    await page.getByTestId('class').waitFor();
    expect(await recorded()).toEqual(before);
  });

  it('names the values of rows that a shadow answers otherwise', async () => {
    const headers = { authorization: `Bearer ${stack.adminToken}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ weights: { v1: 1, v2: 0 }, shadow: 'v2', reason: 'a shadow that always disagrees' });
    expect((await fetch(`${stack.gatewayUrl}/config`, { method: 'PATCH', headers, body })).status).toBe(200);
    await predict(stack.gatewayUrl, { features: { ripe: true, length: 11, picked: null } });
    await go(page, '#/release');
    const shadow = page.getByRole('region', { name: 'Shadow', exact: true });
    await shadow.getByText('Last disagreements').click();
    await shadow.getByRole('cell', { name: 'length 11, colour missing, ripe yes, picked missing' }).waitFor();
  });

  it('writes nothing to the console in all of this', () => expect(opened.complaints).toEqual([]));
});

/** Reaches an input as a person without a mouse does. */
async function focus(target: Locator): Promise<void> {
  for (let i = 0; i < 60; i++) {
    if (await target.evaluate((one) => one === one.ownerDocument.activeElement).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab does not reach it');
}

/** The row of a prediction that the button records. */
async function recorded(): Promise<Row> {
  const { features, feature_names } = await record();
  return Object.fromEntries((feature_names ?? []).map((name, i) => [name, features[i] as FeatureValue]));
}

async function record(): Promise<HistoryRow> {
  const answered = page.waitForResponse(
    (response) => response.url().endsWith('/api/predict') && !response.request().postDataJSON().preview,
  );
  await page.getByRole('button', { name: 'Record' }).click();
  const { prediction_id } = (await (await answered).json()) as Prediction;
  let row: HistoryRow | undefined;
  await expect
    .poll(async () => {
      row = await read<HistoryRow>(stack, `/predictions/${prediction_id}`).catch(() => undefined);
      return row !== undefined;
    })
    .toBe(true);
  return row as HistoryRow;
}

/** The page sends this row by itself, and shows what the artifacts answer to it. */
async function expectAnswer(row: Row): Promise<void> {
  const answered = await page.waitForResponse(async (response) => {
    if (!response.url().endsWith('/api/predict')) return false;
    const { features, preview } = response.request().postDataJSON();
    // recorded after a short rest, without a click
    return !preview && JSON.stringify(features) === JSON.stringify(row);
  });
  const { model_version, prediction } = (await answered.json()) as Prediction;
  const expected = mixedAnswer(
    { length: Number(row.length), colour: row.colour ?? null },
    model_version === 'v1' ? 0 : 1,
  );
  expect(prediction).toBe(expected);
  await expect.poll(() => page.getByTestId('class').textContent()).toBe(MIXED_CLASSES[expected]);
  for (const version of ['v1', 'v2']) {
    const direct = await fetch(`${stack.modelUrls[version]}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ features: row }),
    });
    const shift = version === 'v1' ? 0 : 1;
    expect(await direct.json()).toMatchObject({
      prediction: mixedAnswer({ length: Number(row.length), colour: row.colour ?? null }, shift),
    });
  }
}
