import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import type { Context } from '../context/context.ts';
import { root } from '../lab/root.ts';
import { startGateway, startPage } from '../peers/coppice.ts';
import type { Measured } from '../report/bars.ts';
import { median, quantile } from '../report/stats.ts';
import { short, table } from '../report/table.ts';

const ROUTES = ['release', 'predict'];
const KEYS_PER_ROUND = 40;
/** After this long nothing moves any more, and no larger element comes. */
const SETTLE_MS = 3000;
/** Between two keys: more than a preview and its pause take. */
const REST_MS = 250;

/** Largest contentful paint and the sum of the layout's shifts, from the first moment on. */
const WATCH = `
  window.vitals = { lcp: 0, cls: 0 };
  const observe = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  observe('largest-contentful-paint', ({ startTime }) => { vitals.lcp = startTime; });
  observe('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) vitals.cls += value; });
`;

/** Notes the milliseconds from each key to the next changed class. */
const TIME_KEYS = `
  window.took = [];
  let pressed;
  addEventListener('keydown', ({ timeStamp }) => { pressed = timeStamp; }, true);
  new MutationObserver(() => { if (pressed) took.push(performance.now() - pressed); pressed = undefined; })
    .observe(document.querySelector('[data-testid=class]'), { subtree: true, childList: true, characterData: true });
`;

type Result = { measured: Measured; lcp: Record<string, number[]>; cls: Record<string, number[]>; keys: number[] };

/** What a visitor feels of the page in a browser on this machine: when it is there, whether it jumps, how soon an answer follows a key. */
export async function page({ lab, options, models, print, progress }: Context): Promise<Result> {
  // with releases to show, as the set-up publishes them
  const registry = lab.place('registry-of-page');
  cpSync(join(root, 'artifacts/registry'), registry, { recursive: true });
  const gateway = await startGateway(lab, models, { name: 'gateway-of-page', env: { REGISTRY_URL: registry } });
  const { url } = await startPage(lab, gateway.target);
  const lcp: Record<string, number[]> = {};
  const cls: Record<string, number[]> = {};
  const keys: number[] = [];
  const browser = await launchBrowser();
  try {
    for (let round = 0; round < options.rounds; round++) {
      for (const route of ROUTES) {
        progress(`${route}, round ${round + 1} of ${options.rounds}`);
        // a fresh context has nothing in its cache
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
        const tab = await context.newPage();
        await tab.addInitScript(WATCH);
        await tab.goto(`${url}/#/${route}`);
        await tab.waitForTimeout(SETTLE_MS);
        const vitals = await tab.evaluate<{ lcp: number; cls: number }>('vitals');
        lcp[route] = [...(lcp[route] ?? []), vitals.lcp];
        cls[route] = [...(cls[route] ?? []), vitals.cls];
        if (route === 'predict') {
          await tab.evaluate(TIME_KEYS);
          // from one end of a telling feature to the other: the class changes each time
          await tab.getByRole('slider').nth(2).focus();
          for (let key = 0; key < KEYS_PER_ROUND; key++) {
            await tab.keyboard.press(key % 2 === 0 ? 'Home' : 'End');
            await tab.waitForTimeout(REST_MS);
          }
          keys.push(...(await tab.evaluate<number[]>('took')));
        }
        await context.close();
      }
    }
  } finally {
    await browser.close();
    await lab.end('ui');
    await lab.end('gateway-of-page');
  }
  if (keys.length < (KEYS_PER_ROUND * options.rounds) / 2)
    throw new Error(`${keys.length} answers followed ${KEYS_PER_ROUND * options.rounds} keys`);
  print(
    `\n${table(
      ['the page', 'median', 'most'],
      [
        ...ROUTES.flatMap((route) => [
          [`largest contentful paint of ${route}, ms`, ...medianAndMost(lcp[route])],
          [`layout shift of ${route}`, ...medianAndMost(cls[route])],
        ]),
        [
          'from a key to the answer, ms',
          short(median(keys)),
          `${short(
            quantile(
              keys.toSorted((a, b) => a - b),
              0.95,
            ),
          )} (p95)`,
        ],
      ],
    )}`,
  );
  const measured = {
    page: {
      lcpMs: Math.max(...Object.values(lcp).map(median)),
      cls: Math.max(...Object.values(cls).map(median)),
      keyMs: median(keys),
    },
  };
  return { measured, lcp, cls, keys };
}

const medianAndMost = (values: number[] = []) => [short(median(values)), short(Math.max(...values))];
