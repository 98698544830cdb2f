import { launchBrowser } from '@coppice/testkit/programs/chromium';
import { pageRoutes } from '@coppice/ui/page-routes';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPrefixProxy } from '../page/prefix-proxy.ts';
import { go, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';

const prefix = '/ml';
let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ env: { ui: { BASE_PATH: '/ml/' } } }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

describe.each([
  ['strips the prefix', { strips: true }],
  ['keeps the prefix', { strips: false }],
])('behind a proxy that %s', (_what, { strips }) => {
  it('every route of the page loads, reloads and predicts, and asks for nothing outside the prefix', async () => {
    const proxy = await startPrefixProxy({ prefix, target: stack.uiUrl, strips });
    const place = { uiUrl: `${proxy.url}${prefix}`, adminToken: stack.adminToken };
    const { page, complaints, close } = await visit(browser, place, '#/predict', { admin: true });
    try {
      await page.getByTestId('class').waitFor();
      await page.getByRole('button', { name: 'Record' }).click();
      await page.getByText('Recorded as').waitFor();
      await page.getByText('View as code').click();
      expect(await page.getByRole('region', { name: /^The request as/ }).textContent()).toContain(
        `${place.uiUrl}/api/predict`,
      );
      for (const { name, title } of pageRoutes) {
        await go(page, `#/${name}`);
        await page.reload();
        await page.getByRole('heading', { level: 1, name: title }).waitFor();
        // a route keeps its values in the address, as soon as it has some
        expect(page.url().split('?')[0]).toBe(`${place.uiUrl}/#/${name}`);
      }
      await go(page, '#/history');
      const link = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href');
      const csv = new URL(link as string, page.url()).href;
      expect((await fetch(csv)).headers.get('content-type')).toContain('text/csv');
      expect(csv).toContain(`${place.uiUrl}/api/predictions`);
      expect({ astray: proxy.astray, complaints }).toEqual({ astray: [], complaints: [] });
    } finally {
      await close();
      proxy.stop();
    }
  });

  it("the gateway's own description says where its paths are", async () => {
    const proxy = await startPrefixProxy({ prefix, target: stack.uiUrl, strips });
    try {
      const where = `${proxy.url}${prefix}/api/openapi.json`;
      const { servers } = (await (await fetch(where)).json()) as { servers: { url: string }[] };
      const base = new URL(servers[0]?.url as string, where).href.replace(/\/$/, '');
      expect(await (await fetch(`${base}/health`)).json()).toMatchObject({ status: 'ok' });
    } finally {
      proxy.stop();
    }
  });
});

it('a proxy that keeps the prefix needs no slash at its end', async () => {
  const proxy = await startPrefixProxy({ prefix, target: stack.uiUrl, strips: false });
  try {
    const answer = await fetch(`${proxy.url}${prefix}?x=1`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([308, '/ml/?x=1']);
  } finally {
    proxy.stop();
  }
});

it('the page stays where it was without a proxy', async () => {
  const { page, complaints, close } = await visit(browser, stack, '#/history');
  await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});
