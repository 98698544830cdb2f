import type { HistoryPage, HistoryRow, ModelCard, Prediction } from '@coppice/contract';
import { measuredFeature } from '@coppice/testkit/measured-feature';
import { predict } from '@coppice/testkit/predict';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import { pageRoutes } from '@coppice/ui/page-routes';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resize } from './page/resize.ts';
import { sliderOf, sliderValues } from './page/sliders.ts';
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
  opened = await visit(browser, stack, '#/predict');
  page = opened.page;
  await page.getByTestId('class').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

describe('the Predict route', () => {
  it('has a slider and a number field for each feature, wider than the training range', async () => {
    for (const i of card.features.keys()) {
      const feature = measuredFeature(card, i);
      const slider = sliderOf(page, feature.name);
      const [min, max] = await Promise.all(['min', 'max'].map(async (name) => Number(await slider.getAttribute(name))));
      expect(min).toBeLessThan(feature.min);
      expect(max).toBeGreaterThan(feature.max);
    }
  });

  it('answers a dragged slider with at most ten previews per second, all by one version, and records nothing', async () => {
    const before = await requestsCounted();
    const previews: { at: number; request: Request }[] = [];
    const watch = (request: Request) => {
      if (
        request.url().endsWith('/api/predict') &&
        request.postData()?.includes('"preview":true') &&
        !request.headers()['x-model-version']
      )
        previews.push({ at: performance.now(), request });
    };
    page.on('request', watch);
    const box = await sliderOf(page, 'petal_length').boundingBox();
    if (!box) throw new Error('no slider');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width / 2, y);
    await page.mouse.down();
    const start = performance.now();
    while (performance.now() - start < 1500) {
      const way = (performance.now() - start) / 1500;
      await page.mouse.move(box.x + box.width * (0.5 - 0.4 * way), y);
    }
    const answers = await Promise.all(
      previews.map(async ({ request }) => (await (await request.response())?.json()) as Prediction),
    );
    expect(previews.length).toBeGreaterThan(3);
    for (const { at } of previews)
      expect(previews.filter((other) => other.at >= at && other.at < at + 1000).length).toBeLessThanOrEqual(11);
    expect(new Set(answers.map((answer) => answer.model_version)).size).toBe(1);
    expect(answers.every((answer) => answer.route === 'preview' && answer.prediction_id === undefined)).toBe(true);
    expect(await requestsCounted()).toBe(before);

    await page.mouse.up();
    page.off('request', watch);
    await expect.poll(requestsCounted).toBe(before + 1);
    const shown = await shownId(page);
    const recorded = await read<HistoryRow>(stack, `/predictions/${shown}`);
    expect(recorded.model_version).toBe(answers[0]?.model_version);
    expect(recorded.features).toEqual(await sliderValues(page));
  });

  it('shows the gateway’s own answer, to the digit', async () => {
    const before = await shownId(page);
    await page.getByRole('button', { name: 'Record' }).click();
    await expect.poll(() => shownId(page)).not.toBe(before);
    const recorded = await read<HistoryRow>(stack, `/predictions/${await shownId(page)}`);
    await expect.poll(() => page.getByTestId('class').textContent()).toBe(recorded.class);
    const direct = await predict(
      stack.gatewayUrl,
      { features: recorded.features as number[], preview: true },
      { 'x-model-version': recorded.model_version },
    );
    const rows = page.getByRole('region', { name: 'Prediction' }).getByRole('listitem');
    const texts = await rows.allTextContents();
    direct.probability?.forEach((share, i) => {
      expect(texts[i]).toContain(card.classes[i]?.name);
      expect(texts[i]).toContain(`${(share * 100).toFixed(1)} %`);
    });
  });

  it('records feedback', async () => {
    const id = await shownId(page);
    await page
      .getByRole('group', { name: /This was actually/ })
      .getByRole('button', { name: 'virginica' })
      .click();
    await page.getByText('Feedback saved').waitFor();
    await expect.poll(async () => (await read<HistoryRow>(stack, `/predictions/${id}`)).actual).toBe('virginica');
  });

  it('sets the sliders to typical rows and to real training rows', async () => {
    const presets = page.getByRole('combobox', { name: 'Preset' });
    await presets.selectOption('typical setosa');
    await expect.poll(() => page.getByTestId('class').textContent()).toBe('setosa');
    expect(await sliderValues(page)).toEqual(card.classes[0]?.typical.map((value) => Number(Number(value).toFixed(1))));
    await presets.selectOption('random training row');
    const rows = card.rows.map((row) => row.features.join());
    await expect.poll(async () => rows.includes((await sliderValues(page)).join())).toBe(true);
    const chosen = await sliderValues(page);
    await page.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(async () => rows.includes((await sliderValues(page)).join())).toBe(true);
    expect(await sliderValues(page)).not.toEqual(chosen);
  });

  it('works with the keyboard alone, and announces a settled answer once', async () => {
    const announced: string[] = [];
    await page.exposeFunction('announced', (text: string) => announced.push(text));
    await page.evaluate(`new MutationObserver(([{ target }]) => announced(target.textContent)).observe(
      document.querySelector('body > [role=status]'),
      { childList: true, characterData: true, subtree: true },
    )`);
    const before = await requestsCounted();
    await sliderOf(page, 'petal_length').focus();
    for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
    await expect.poll(requestsCounted, { timeout: 5000 }).toBe(before + 1);
    await expect.poll(() => announced.length, { timeout: 5000 }).toBe(1);
    const recorded = await read<HistoryRow>(stack, `/predictions/${await shownId(page)}`);
    expect(announced[0]).toContain(`${recorded.class}, `);
    expect(announced[0]).toContain(`answered by ${recorded.model_version}`);

    await page.keyboard.press('Tab');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('1.5');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await sliderValues(page))[2]).toBe(1.5);
    const shown = async () => read<HistoryRow>(stack, `/predictions/${await shownId(page)}`);
    await expect.poll(async () => (await shown()).features[2]).toBe(1.5);
    expect(await page.getByTestId('class').textContent()).toBe((await shown()).class);
  });

  it('requires a number in an empty field, and sends nothing meanwhile', async () => {
    const field = page.getByRole('spinbutton', { name: /petal length/ });
    await field.fill('');
    await page.getByText('enter a number').waitFor();
    expect(await page.getByRole('button', { name: 'Record' }).isDisabled()).toBe(true);
    await field.fill('4.1');
    await page.getByText('enter a number').waitFor({ state: 'detached' });
  });

  it('says when a value lies outside the training range', async () => {
    await page.getByRole('spinbutton', { name: /petal width/ }).fill('3');
    await page.getByText(/^outside 0\.1–2\.5$/).waitFor();
  });

  it('shows the pinned answers of all versions side by side', async () => {
    await page.getByText('Versions side by side').click();
    const features = await sliderValues(page);
    const table = page.getByRole('table', { name: 'The answer of each version to these inputs' });
    for (const version of ['v1', 'v2']) {
      const pinned = await predict(stack.gatewayUrl, { features, preview: true }, { 'x-model-version': version });
      const row = table.getByRole('row', { name: new RegExp(`^${version}`) });
      await row
        .getByText(`${((pinned.probability?.[2] ?? 0) * 100).toFixed(1)} %`)
        .first()
        .waitFor();
      expect(await row.textContent()).toContain(pinned.class);
      const line = page
        .getByRole('region', { name: 'All versions' })
        .getByRole('listitem')
        .filter({ hasText: version });
      expect(await line.textContent()).toContain(
        `${pinned.class} ${(Math.max(...(pinned.probability ?? [])) * 100).toFixed(1)} %`,
      );
    }
    const served = page.getByRole('region', { name: 'All versions' }).getByText('served');
    expect(await served.count()).toBe(1);
    await page.getByText(/The versions (dis)?agree/).waitFor();
  });

  it('draws “What if” for each version, with the same numbers in a table', async () => {
    await page.getByRole('combobox', { name: 'Sweep' }).selectOption('petal length');
    const features = await sliderValues(page);
    await page.getByText('As a table').click();
    const table = page.getByRole('group', { name: 'What if, as a table' });
    const row = table.getByRole('row', { name: /^3\.1 / });
    const shares = await Promise.all(
      ['v1', 'v2'].map(async (version) => {
        const asked = features.with(2, 3.1);
        const { probability } = await predict(
          stack.gatewayUrl,
          { features: asked, preview: true },
          { 'x-model-version': version },
        );
        return (probability ?? []).map((share) => `${(share * 100).toFixed(1)} %`);
      }),
    );
    const wanted = card.classes.flatMap((_class, c) => shares.map((one) => one[c] ?? ''));
    await expect.poll(() => row.getByRole('cell').allTextContents()).toEqual(wanted);
    expect(await page.getByRole('img', { name: /^Probability of / }).count()).toBe(card.classes.length);
  });

  it('shows the request as code, and a link that restores the sliders', async () => {
    await page.getByText('View as code').click();
    await expect
      .poll(() => page.getByRole('region', { name: 'The request as curl' }).textContent())
      .toContain('"petal_width":3');
    await page.getByRole('radio', { name: 'Python' }).check();
    await expect
      .poll(() => page.getByRole('region', { name: 'The request as Python' }).textContent())
      .toContain('urllib.request');
    const values = await sliderValues(page);
    await expect.poll(() => page.url()).toContain('petal_width=3');
    await page.reload();
    await page.getByTestId('class').waitFor();
    expect(await sliderValues(page)).toEqual(values);
    await go(page, '#/predict?petal_width=0.2&sepal_length=oops');
    await expect.poll(async () => (await sliderValues(page))[3]).toBe(0.2);
    await page.reload();
    await page.getByTestId('class').waitFor();
    expect((await sliderValues(page))[3]).toBe(0.2);
  });

  it('shows the last five predictions and the usage by version', async () => {
    await page.getByRole('button', { name: 'Record' }).click();
    const { predictions } = await read<HistoryPage>(stack, '/predictions?limit=5');
    const last = page.getByRole('region', { name: 'Last five predictions' });
    await expect
      .poll(() => last.getByRole('row').count(), { timeout: 15_000 })
      .toBe(1 + Math.min(5, predictions.length));
    await expect
      .poll(() => page.getByRole('region', { name: 'Live usage' }).textContent(), { timeout: 15_000 })
      .toMatch(/v1\s*\d/);
  });

  it('fits a phone: the answer stays in view while one touches the sliders, and nothing scrolls sideways', async () => {
    const {
      page: phone,
      complaints,
      close,
    } = await visit(browser, stack, '#/predict', { width: 360, height: 640, touch: true });
    await phone.getByTestId('class').waitFor();
    const before = await requestsCounted();
    const slider = sliderOf(phone, 'petal_width');
    await slider.scrollIntoViewIfNeeded();
    const box = await slider.boundingBox();
    if (!box) throw new Error('no slider');
    await phone.touchscreen.tap(box.x + box.width * 0.95, box.y + box.height / 2);
    await expect.poll(async () => (await sliderValues(phone))[3]).toBeGreaterThan(2.5);
    await expect.poll(requestsCounted, { timeout: 5000 }).toBe(before + 1);
    expect((await phone.getByTestId('class').boundingBox())?.y).toBeGreaterThanOrEqual(0);
    for (const { name, title } of pageRoutes) {
      await phone.getByRole('navigation').getByRole('link', { name: title, exact: true }).tap();
      for (const width of [360, 320]) {
        await resize(phone, { width, height: 640 });
        await expect
          .poll(() => phone.evaluate('document.documentElement.scrollWidth - innerWidth'), {
            message: `${name} at ${width}`,
          })
          .toBeLessThanOrEqual(0);
      }
    }
    expect(complaints).toEqual([]);
    await close();
  });

  it('writes nothing to the console in all of this', () => expect(opened.complaints).toEqual([]));

  async function requestsCounted(): Promise<number> {
    const metrics = await (await fetch(`${stack.gatewayUrl}/metrics`)).text();
    return Number(/^prediction_requests_total (\d+)/m.exec(metrics)?.[1]);
  }
});

async function shownId(on: Page): Promise<string> {
  const line = on.getByText(/^Recorded as/);
  await line.waitFor();
  return (await line.locator('code').textContent()) ?? '';
}
