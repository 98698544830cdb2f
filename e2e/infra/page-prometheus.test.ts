import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { launchBrowser } from '@coppice/testkit/programs/chromium';
import { root } from '@coppice/testkit/programs/run-command';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { go, shoot, type Visit, visit } from '../page/visit.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { type Monitoring, startMonitoring } from './monitoring.ts';

const simulateProgram = join(root, 'scripts/simulate.ts');

let stack: Stack;
let browser: Browser;
let monitoring: Monitoring | undefined;
let opened: Visit;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  monitoring = await startMonitoring(stack);
  const port = new URL(monitoring.prometheusUrl).port;
  await stack.restart('ui', { PROMETHEUS_URL: monitoring.prometheusUrl, PROMETHEUS_PORT: port });
  await promisify(execFile)(process.execPath, [
    ...[simulateProgram, '--gateway', stack.gatewayUrl],
    ...['--rate', '60', '--duration', '10s', '--feedback', '0.8'],
  ]);
  opened = await visit(browser, stack, '#/predict');
});
afterAll(async () => {
  await browser?.close();
  await monitoring?.stop();
  await stack?.stop();
});

describe('the page with Prometheus', () => {
  it('shows the drift score over time from Prometheus, and usage', async () => {
    const { page } = opened;
    const usage = page.getByRole('region', { name: 'Live usage' });
    await expect.poll(() => usage.textContent(), { timeout: 20_000 }).toMatch(/v1\s*[1-9]/);
    await go(page, '#/drift');
    await page.getByText('Score over time', { exact: true }).click();
    await page.getByText('Last hour, from Prometheus').waitFor({ timeout: 20_000 });
    await page.getByRole('img', { name: /^Drift score over time/ }).waitFor({ timeout: 60_000 });
  });

  it('has useful queries with answers, and links to Prometheus', async () => {
    const { page } = opened;
    await go(page, '#/ops');
    await page.getByText(/\d of \d targets up/).waitFor({ timeout: 20_000 });
    const rows = page.getByRole('region', { name: 'Prometheus queries' }).getByRole('listitem');
    expect(await rows.count()).toBeGreaterThan(4);
    for (const row of await rows.all()) {
      const said = row.locator('[aria-live]');
      const again = row.getByRole('button', { name: /^Run again/ });
      // each is asked when the route opens; a rate needs two scrapes
      await expect.poll(() => said.textContent(), { timeout: 10_000 }).toMatch(/ at \d\d:/);
      await expect
        .poll(() => again.click().then(() => said.textContent()), { timeout: 30_000, interval: 1000 })
        .toMatch(/\d.* at \d\d:/);
      expect(await row.getByRole('link').getAttribute('href')).toContain(`${monitoring?.prometheusUrl}/query?g0.expr=`);
    }
  });

  it('shows a firing alert', async () => {
    const { page } = opened;
    await stack.kill('model-v2');
    const alerts = page.getByRole('region', { name: 'Alerts' });
    await expect.poll(() => alerts.textContent(), { timeout: 60_000 }).toMatch(/Down.*firing/);
    await shoot(page, 'alert-firing');
    await stack.restart('model-v2');
  });

  it('works without Prometheus when that goes down, without an error on the console', async () => {
    const { page, complaints } = opened;
    expect(complaints).toEqual([]);
    await monitoring?.stop();
    monitoring = undefined;
    await page.getByText('Prometheus does not answer, so alerts are unknown').waitFor({ timeout: 30_000 });
    await go(page, '#/predict');
    await page
      .getByRole('region', { name: 'Live usage' })
      .getByText(/^last \d+ min$/)
      .waitFor({ timeout: 20_000 });
  });
});
