import { predict } from '@coppice/testkit/predict';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import { pageRoutes } from '@coppice/ui/page-routes';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { patchConfig, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

const IDLE_SECONDS = 20;
const MOST_REQUESTS_A_MINUTE = 10;
const MOST_BYTES_A_MINUTE = 60_000;
let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function open(hash: string, finished: TestContext['onTestFinished'] = onTestFinished) {
  const opened = await visit(browser, stack, hash);
  finished(() => opened.close());
  return opened;
}

/** Bytes that came over the network, streams among them, and requests, from now on. */
async function countTraffic(page: Page) {
  const counted = { requests: [] as string[], bytes: 0 };
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.requestWillBeSent', ({ request }) => counted.requests.push(request.url));
  session.on('Network.dataReceived', ({ encodedDataLength, dataLength }) => {
    counted.bytes += Math.max(encodedDataLength, dataLength);
  });
  return counted;
}

// each waits for its page to do nothing
describe.concurrent('a page that nobody touches', () => {
  it.for(pageRoutes.map(({ name }) => name))(
    'asks for next to nothing on %s',
    async (name, { expect, onTestFinished }) => {
      const { page, complaints } = await open(`#/${name}`, onTestFinished);
      const asked = () => page.evaluate<number>('performance.getEntriesByType("resource").length');
      let before = -1;
      // what a route needs at first has come
      await expect
        .poll(
          async () => {
            const now = await asked();
            const settled = now === before;
            before = now;
            return settled;
          },
          { interval: 2500, timeout: 30_000 },
        )
        .toBe(true);
      const counted = await countTraffic(page);
      await page.waitForTimeout(IDLE_SECONDS * 1000);
      const minutes = IDLE_SECONDS / 60;
      expect(counted.requests.length, counted.requests.join('\n')).toBeLessThanOrEqual(
        MOST_REQUESTS_A_MINUTE * minutes,
      );
      expect(counted.bytes).toBeLessThanOrEqual(MOST_BYTES_A_MINUTE * minutes);
      expect(complaints).toEqual([]);
    },
  );
});

describe('what changes elsewhere', () => {
  it('shows within a second or two, without a request for it', async () => {
    const { page } = await open('#/predict');
    await page.getByTestId('class').waitFor();
    await expect.poll(() => page.locator('header .mode').textContent()).toBe('equal');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await patchConfig(stack, { preset: 'canary', reason: 'a test' });
    await expect.poll(() => page.locator('header .mode').textContent(), { timeout: 5000 }).toBe('canary');
    expect(asked.filter((url) => url.endsWith('/config'))).toEqual([]);
    await predict(stack.gatewayUrl, { features: [5.1, 3.5, 1.4, 0.2] });
    await expect.poll(() => asked.some((url) => url.includes('/predictions')), { timeout: 15_000 }).toBe(true);
  });

  it('a gateway that is frozen is said to be, and heals by itself', async () => {
    const { page } = await open('#/predict');
    await page.locator('header .state', { hasText: 'live' }).waitFor();
    const pid = stack.pid('gateway') as number;
    process.kill(pid, 'SIGSTOP');
    try {
      await page.locator('header .state', { hasText: 'offline' }).waitFor({ timeout: 10_000 });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await page.locator('header .state', { hasText: 'live' }).waitFor({ timeout: 30_000 });
  });

  it('a stream that something in between keeps back leaves the page asking, as before', async () => {
    const { page } = await open('about:blank');
    await page.route('**/api/events', () => {});
    await page.goto(`${stack.uiUrl}/#/predict`);
    await page.getByTestId('class').waitFor();
    await patchConfig(stack, { preset: 'equal', reason: 'a test' });
    await expect.poll(() => page.locator('header .mode').textContent(), { timeout: 10_000 }).toBe('equal');
    await page.locator('header .state', { hasText: 'live' }).waitFor();
  });
});
