import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import { pageRoutes } from '@coppice/ui/page-routes';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendTraffic } from '../page/traffic.ts';
import { visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

describe('the weight of the page', () => {
  it('is at most 46 KB of script and 10 KB of styles, compressed, until the first answer shows', async () => {
    const { page, close } = await visit(browser, stack, '#/predict');
    await page.getByTestId('class').waitFor();
    const files = await page.evaluate<string[]>(
      `(() => {
        const loaded = performance.getEntriesByType('resource');
        const answered = loaded.find(({ name }) => name.endsWith('/api/predict')).responseEnd;
        const before = loaded.filter(({ startTime }) => startTime < answered).map(({ name }) => new URL(name).pathname);
        // what a preload fetches is listed again when it runs
        return [...new Set(before)].filter((path) => path.startsWith('/assets/'));
      })()`,
    );
    const weigh = (end: string) =>
      files.filter((file) => file.endsWith(end)).reduce((sum, file) => sum + gzipped(file), 0);
    console.log(`script ${weigh('.js')} bytes, styles ${weigh('.css')} bytes`);
    expect(weigh('.js')).toBeGreaterThan(5000);
    expect(weigh('.js')).toBeLessThanOrEqual(46_000);
    expect(weigh('.css')).toBeGreaterThan(1000);
    expect(weigh('.css')).toBeLessThanOrEqual(10 * 1024);
    await close();
  });

  it('comes compressed, and its hashed files are immutable', async () => {
    const script = /src="(\.\/assets\/[^"]+\.js)"/.exec(await (await fetch(stack.uiUrl)).text())?.[1];
    const answer = await fetch(new URL(script ?? '', `${stack.uiUrl}/`), { headers: { 'accept-encoding': 'br' } });
    expect(answer.headers.get('content-encoding')).toBe('br');
    expect(answer.headers.get('cache-control')).toContain('immutable');
  });
});

describe('the speed of the page', () => {
  it('answers a moved slider within 40 ms at the median, or as fast as the machine answers the bare request', async () => {
    const { page, close } = await visit(browser, stack, '#/predict');
    await page.getByTestId('class').waitFor();
    const slider = await median(await timings(page, moveSlider));
    const bare = await median(await timings(page, bareRequest));
    console.log(`slider to answer ${slider.toFixed(1)} ms, bare request ${bare.toFixed(1)} ms (medians of 25)`);
    // on a machine that is busy with other tests the request itself is slow: then only the page's own share counts
    expect(slider).toBeLessThanOrEqual(Math.max(40, bare + 25));
    await close();
  });

  it('does not grow in memory in ten minutes of open routes under traffic', async () => {
    const { page, close } = await visit(browser, stack, '#/predict', { admin: true });
    await page.getByTestId('class').waitFor();
    const devtools = await page.context().newCDPSession(page);
    await page.clock.install();
    await tenMinutes(page, 1);
    const before = await heapBytes(devtools);
    await tenMinutes(page, 10);
    const grown = (await heapBytes(devtools)) - before;
    console.log(`heap ${(before / 1e6).toFixed(1)} MB, grown by ${(grown / 1e6).toFixed(2)} MB`);
    expect(grown).toBeLessThan(10e6);
    await close();
  });
});

/** Runs the page's clock for some minutes, on each route in turn, while predictions come in. */
async function tenMinutes(page: Page, minutes: number): Promise<void> {
  for (let i = 0; i < minutes * 2; i++) {
    await sendTraffic(stack, 150);
    await page.evaluate(`location.hash = '#/${pageRoutes[i % pageRoutes.length]?.name}'`);
    // in steps of one poll, so that each answer can come before the next request
    for (let second = 0; second < 30; second += 2) await page.clock.runFor(2000);
  }
}

/** Milliseconds of each of 25 runs of a script in the page. */
async function timings(page: Page, turn: string): Promise<number[]> {
  return page.evaluate<number[]>(`(async () => {
    const turn = ${turn};
    const found = [];
    for (let i = 0; i < 25; i++) {
      found.push(await turn(i));
      await new Promise((done) => setTimeout(done, 120));
    }
    return found;
  })()`);
}

/** From a slider's input event to the changed answer on the page. */
const moveSlider = `(i) => new Promise((done) => {
  const slider = document.querySelectorAll('input[type=range]')[2];
  const card = document.querySelector('[data-testid=class]').closest('section');
  slider.value = i % 2 ? 1.4 : 5.5;
  const start = performance.now();
  const observer = new MutationObserver(() => {
    observer.disconnect();
    done(performance.now() - start);
  });
  observer.observe(card, { subtree: true, childList: true, characterData: true, attributes: true });
  slider.dispatchEvent(new Event('input', { bubbles: true }));
})`;

const bareRequest = `async (i) => {
  const start = performance.now();
  const answer = await fetch('/api/predict', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ features: [5.8, 3.1, i % 2 ? 1.4 : 5.5, 1.2], preview: true }),
  });
  await answer.json();
  return performance.now() - start;
}`;

async function heapBytes(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage');
  return ((await devtools.send('Runtime.getHeapUsage')) as { usedSize: number }).usedSize;
}

function gzipped(path: string): number {
  return gzipSync(readFileSync(new URL(`../../ui/dist${path}`, import.meta.url))).length;
}
