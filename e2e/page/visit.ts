import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { Stack } from '../stack/stack.ts';

type Options = {
  width?: number;
  height?: number;
  theme?: 'light' | 'dark';
  touch?: boolean;
  /** Open with the admin token, by a link such as the gateway logs. */
  admin?: boolean;
  /** Without the gateway's events the page asks again and again, and sees answers that a test changes. */
  events?: boolean;
};

export type Visit = {
  page: Page;
  /** Errors of scripts and of the console, violations of the content security policy among them. */
  complaints: string[];
  close(): Promise<void>;
};

const shots = fileURLToPath(new URL('../../test-results/page', import.meta.url));

/** Opens a place of the page, such as `#/release`, in a fresh browser context. */
export async function visit(
  browser: Browser,
  stack: Pick<Stack, 'uiUrl' | 'adminToken'>,
  hash: string,
  { width = 1280, height = 800, theme = 'light', touch = false, admin = false, events = true }: Options = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, hasTouch: touch });
  const page = await context.newPage();
  if (!events) await page.route('**/api/events', () => {});
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  // the console names no address
  page.on('response', async (answer) => {
    if (answer.status() < 500) return;
    console.log(`${answer.status()} ${answer.url()} ${await answer.text().catch(() => '')}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  if (admin) {
    await page.goto(`${stack.uiUrl}/#token=${stack.adminToken}`);
    await page.getByRole('button', { name: 'Admin ✓' }).waitFor();
    await go(page, hash);
  } else {
    await page.goto(`${stack.uiUrl}/${hash}`);
  }
  return { page, complaints, close: () => context.close() };
}

/** Navigates without loading the page again. */
export async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
}

/** Saves a picture of the page in the test's output, for people. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/** The admin's answer to `GET {gateway}{path}`. */
export async function read<T>(stack: Pick<Stack, 'gatewayUrl' | 'adminToken'>, path: string): Promise<T> {
  const answer = await fetch(`${stack.gatewayUrl}${path}`, {
    headers: { authorization: `Bearer ${stack.adminToken}` },
    signal: AbortSignal.timeout(20_000),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json() as Promise<T>;
}

/** Changes the traffic as another admin would. */
export async function patchConfig(stack: Pick<Stack, 'gatewayUrl' | 'adminToken'>, body: object): Promise<void> {
  const answer = await fetch(`${stack.gatewayUrl}/config`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${stack.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`PATCH /config: ${answer.status} ${await answer.text()}`);
}
