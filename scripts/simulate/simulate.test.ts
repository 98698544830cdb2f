import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { configView, driftReport } from '@coppice/contract';
import { startSmallStack } from '@coppice/testkit/start-small-stack';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Options, readOptions } from './options.ts';
import { run } from './run.ts';
import { summarize } from './summary.ts';

let stack: Awaited<ReturnType<typeof startSmallStack>>;
beforeAll(async () => {
  stack = await startSmallStack({ MODEL_V1_WEIGHT: '70', MODEL_V2_WEIGHT: '30' });
});
afterAll(() => stack?.stop());

const lines: string[] = [];
const out = { write: (text: string | Uint8Array) => lines.push(String(text)) > 0 };

async function simulate(args: string, signal = new AbortController().signal) {
  const options = readOptions([...args.split(' ').filter(Boolean), '--gateway', stack.url], {}) as Options;
  const outcome = await run(options, { signal, out });
  return { ...outcome, summary: summarize(outcome) };
}

/** Predictions that the gateway has answered so far. */
async function answered(): Promise<number> {
  const text = await (await fetch(`${stack.url}/metrics`)).text();
  return Number(/^prediction_requests_total (\d+)$/m.exec(text)?.[1]);
}

describe('npm run simulate against a real gateway', () => {
  it('sends the requested traffic and finds split, stickiness and drift in order', async () => {
    const { tally, sent, drift, summary } = await simulate('--rate 400 --duration 2s --users 300 --errors 0.05');
    expect(sent).toBe(800);
    expect(tally.answered + tally.refused).toBe(800);
    expect(tally.refused).toBeGreaterThan(10);
    expect(Object.fromEntries(tally.failures)).toEqual({});
    expect(tally.moved.size).toBe(0);
    expect(drift).toMatchObject({ ready: true, samples: 500, drifted: false });
    expect(driftReport.parse(drift)).toEqual(drift);
    expect(summary).toMatch(/^sent +800 in /);
    expect(summary).toMatch(/split +follows the weights \(\d+ users\)/);
    expect(summary).toMatch(/sticky +all \d+ users kept their version/);
    expect(summary).toContain('no drift in the last 500 predictions');
  });

  it('sends feedback afterwards', async () => {
    const { tally, summary } = await simulate('--rate 200 --duration 500ms --feedback 1 --users 0');
    expect(tally.feedback).toEqual({ sent: 100, failed: new Map() });
    // the fixture's rows are labelled by its own rule
    expect(summary).toMatch(/feedback +100 sent, v1 (\d+) of \1 right, v2 (\d+) of \2 right/);
  });

  it('shows drift after 500 shifted predictions', async () => {
    const { drift, summary } = await simulate('--rate 500 --duration 1500ms --shift x1=+1.5sd');
    expect(drift).toMatchObject({ drifted: true, features: [{ drifted: false }, { feature: 'x1', drifted: true }] });
    expect(summary).toMatch(/x1 is 1\.\d σ above its training mean/);
  });

  it('pins a version', async () => {
    const { tally, summary } = await simulate('--rate 100 --duration 200ms --version-pin v2');
    expect([...tally.versions.keys()]).toEqual(['v2']);
    expect(summary).toMatch(/split +all pinned to v2/);
  });

  it('ends early by signal, with its summary', async () => {
    const controller = new AbortController();
    const running = simulate('--rate 50 --duration 1h', controller.signal);
    const before = await answered();
    await expect.poll(answered, { timeout: 20_000 }).toBeGreaterThan(before);
    controller.abort();
    const { sent, tally, after, summary } = await running;
    expect(sent).toBeLessThan(1000);
    expect(tally.answered).toBe(sent);
    expect(configView.parse(after)).toEqual(after);
    expect(summary).toContain('of 50/s requested');
  });

  it('ends with its summary and status 0 at Ctrl-C', async () => {
    const file = fileURLToPath(new URL('../simulate.ts', import.meta.url));
    const child = spawn(process.execPath, [file, '--rate', '50', '--duration', '1h', '--gateway', stack.url]);
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const before = await answered();
    await expect.poll(answered, { timeout: 20_000 }).toBeGreaterThan(before);
    // as from a terminal, where the npm script around it sends one of its own
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(text).toMatch(/sent +\d+ in /);
  });

  it('counts what fails by kind instead of throwing', async () => {
    const { tally, summary } = await simulate('--rate 100 --duration 100ms --version-pin v9');
    expect(tally.failed).toBe(10);
    expect(summary).toMatch(/failed +10\n +10 × 400 /);
  });

  it('says in one line why it cannot start', async () => {
    const options = readOptions(['--gateway', 'http://127.0.0.1:1'], {}) as Options;
    await expect(run(options, { signal: new AbortController().signal, out })).rejects.toThrow(
      'no gateway answers at http://127.0.0.1:1 (ECONNREFUSED); npm start starts one',
    );
    await expect(simulate('--shift petals=+1sd')).rejects.toThrow('the model has no feature petals; it has x0, x1');
  });
});
