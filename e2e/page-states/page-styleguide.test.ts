import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import { freePort } from '@coppice/testkit/programs/free-port';
import { root } from '@coppice/testkit/programs/run-command';
import { until } from '@coppice/testkit/waiting/until';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cut } from '../page/cut.ts';
import { overlaps } from '../page/overlaps.ts';
import { resize } from '../page/resize.ts';
import { violations } from '../page/violations.ts';
import { shoot, type Visit, visit } from '../page/visit.ts';

const widths = [1280, 768, 360];
let browser: Browser;
let opened: Visit;
let page: Page;
let stop: () => Promise<void>;

beforeAll(async () => {
  const [uiUrl, launched] = await Promise.all([serve(), launchBrowser()]);
  browser = launched;
  opened = await visit(browser, { uiUrl, adminToken: '' }, '#/styleguide');
  page = opened.page;
  // the first visit compiles each component
  await page.getByRole('heading', { name: 'Style guide' }).waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Take v2 down' }).click();
});
afterAll(async () => {
  await browser?.close();
  await stop?.();
});

/** The page as `npm run dev --workspace ui` serves it. */
async function serve(): Promise<string> {
  const port = await freePort();
  const vite = spawn(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), '--host', '127.0.0.1', '--port', String(port), '--strictPort'],
    { cwd: join(root, 'ui'), stdio: 'ignore', env: { ...process.env, NODE_ENV: 'development' } },
  );
  const ended = new Promise((done) => vite.once('exit', done));
  stop = async () => {
    vite.kill();
    await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  await until(() => fetch(url));
  return url;
}

describe.each(widths)('the style guide at %i px', (width) => {
  beforeAll(() => resize(page, { width, height: 900 }));

  it('scrolls down only, and cuts nothing', async () => {
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await cut(page)).toEqual([]);
  });

  it('has no words on words', async () => {
    expect(await overlaps(page)).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has its picture in the %s theme', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await shoot(page, `styleguide-${width}-${colorScheme}`);
    const [text, ground] = await page.evaluate<[string, string]>(
      '[getComputedStyle(document.body).color, getComputedStyle(document.documentElement).backgroundColor]',
    );
    const light = (colour: string) => Number(/\d+/.exec(colour)?.[0]) > 128;
    expect([light(text), light(ground)]).toEqual(colorScheme === 'light' ? [false, true] : [true, false]);
  });
});

it('has no WCAG 2.2 A or AA violation in any state', async () => {
  const found = await violations(page, 'styleguide', [{ width: 768, height: 900 }]);
  // it shows one section in several states, which no route does
  expect(found.filter((line) => !line.includes('landmark-unique'))).toEqual([]);
});

it('says of a version that is down since when, and who carries its traffic', async () => {
  await page.getByRole('alert').filter({ hasText: 'v2 down' }).waitFor();
});

it('shows each dialog in the window, without a violation, and closes it', async () => {
  const size = { width: 360, height: 740 };
  await resize(page, size);
  // the others are made of the same parts
  const judged = ['raise, refused', 'all traffic', 'start a rollout', 'promote, gate fails'];
  // axe looks at what is beneath, too
  await page.addStyleTag({ content: 'main > :not(dialog, :has([data-state="dialogs"])) { display: none !important }' });
  const names = await page.locator('[data-state="dialogs"] button').allTextContents();
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) {
    await page.getByRole('button', { name, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const box = await dialog.boundingBox();
    expect([name, box && box.x >= 0 && box.x + box.width <= 360]).toEqual([name, true]);
    if (judged.includes(name)) expect(await violations(page, `dialog ${name}`, [size], 'dialog')).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }
  expect(opened.complaints).toEqual([]);
});

it('is no part of the page that is built', () => {
  const assets = join(root, 'ui/dist/assets');
  const scripts = readdirSync(assets).filter((file) => file.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(5);
  expect(scripts.filter((file) => /Style guide|data-state/.test(readFileSync(join(assets, file), 'utf8')))).toEqual([]);
});
