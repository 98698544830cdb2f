import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type CandidateComparison, comparisonReport, experimentView, performanceReport } from '@coppice/contract';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../experiment.ts', import.meta.url));
const ROWS = 20;
let model: OipServer;
let gateway: TestGateway;
beforeAll(async () => {
  model = await startOipServer();
  gateway = await startGateway({
    ...{ models: [model.url, model.url], random: seededRandom(11) },
    env: { RECORD_FLUSH_MS: '10' },
  });
});
afterAll(async () => {
  await gateway.stop();
  await model.stop();
});

/** Runs the command as a user would, with its own environment. */
function experiment(...args: string[]) {
  const env = { PATH: process.env.PATH ?? '', GATEWAY_URL: gateway.url, ADMIN_TOKEN: 'test-admin-token' };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

/** A class that is wrong: rows of 1 are of the class 1. */
const other = (name: string) => name.replace('1', '0');

/** Sends batches by weight, and feedback by which each version is so often right. */
async function traffic(requests: number, right: Record<string, number>): Promise<void> {
  const sums: Record<string, number> = {};
  for (let sent = 0; sent < requests; sent++) {
    const { body } = await gateway.post('/predict', { instances: Array.from({ length: ROWS }, () => [1, 0]) });
    const version = body.model_version as string;
    const feedback = body.predictions.map((row: { prediction_id: string; class: string }) => {
      // evenly, as often as said: whatever chance does
      const before = sums[version] ?? 0.5;
      sums[version] = before + (right[version] as number);
      const correct = Math.floor(sums[version]) > Math.floor(before);
      return { prediction_id: row.prediction_id, actual: correct ? row.class : other(row.class) };
    });
    const answer = await gateway.post('/feedback', { feedback });
    expect(answer.status).toBe(200);
  }
}

it('shows the weights in force, refuses what is wrong, and lists experiments', async () => {
  expect((await experiment('list')).out).toBe('No experiment yet.\n');
  const { out } = await experiment();
  expect(out).toMatch(/^weights in force · since .*Z\nNot enough data to compare v2 and v1 yet/);
  expect(await experiment('status', 'none')).toEqual({
    ...{ code: 1, out: '', err: 'experiment: There is no experiment none.\n' },
  });
  expect((await experiment('start', 'x')).code).toBe(2);
});

it('names no wrong winner on any surface while weights change with the traffic', async () => {
  expect((await experiment('start', 'one', '-r', 'is v2 better?')).code).toBe(0);
  // half each on normal traffic, then 10 and 90 % on traffic that is easier: v2 is a point worse on both
  await traffic(120, { v1: 0.8, v2: 0.79 });
  await gateway.patch('/config', { weights: { v1: 10, v2: 90 }, reason: 'more for v2' });
  await traffic(180, { v1: 0.97, v2: 0.96 });

  const names = ({ means }: CandidateComparison) => means.map(({ metric, verdict }) => [metric, verdict]);
  const accuracy = (one: CandidateComparison | undefined) => one?.means.find(({ metric }) => metric === 'accuracy');
  const view = await until(async () => {
    const read = experimentView.parse((await gateway.get('/experiments/one')).body);
    const counted = accuracy(read.comparison?.candidates[0]);
    expect((counted?.baseline.n ?? 0) + (counted?.candidate.n ?? 0)).toBe(300 * ROWS);
    return read;
  });
  const performance = performanceReport.parse((await gateway.get('/performance?since=1h')).body);
  const pooled = performance.versions.map(({ accuracy }) => accuracy?.value ?? 0);
  // what the average would say
  expect((pooled[1] as number) - (pooled[0] as number)).toBeGreaterThan(0.05);
  expect(performance).toMatchObject({ comparable: false, words: expect.stringMatching(/^The period spans 2 epochs/) });

  const now = comparisonReport.parse((await gateway.get('/comparison')).body);
  for (const report of [now, performance.comparison, view.comparison]) {
    const [candidate] = report?.candidates ?? [];
    expect(candidate && names(candidate)).not.toContainEqual(['accuracy', 'better']);
    expect(candidate?.words).not.toMatch(/v2 is (better|worse)/);
    expect(accuracy(candidate)?.effect ?? 0).toBeLessThan(0.02);
  }
  const words = view.comparison?.candidates[0]?.words as string;
  const { out } = await experiment('status');
  expect(out).toContain('one · v2 against v1 · accuracy · running since');
  expect(out).toContain(words.slice(0, 40));
  expect(out).toContain('compared within 2 epochs');

  const stopped = await experiment('stop', 'one', '-r', 'seen enough');
  expect(stopped.out).toMatch(/one · .* · stopped .*: seen enough\n/);
  expect((await experiment('status', 'one')).out).toBe(stopped.out);
  expect((await experiment('list')).out).toContain('one · v2 against v1 · accuracy · stopped');
});
