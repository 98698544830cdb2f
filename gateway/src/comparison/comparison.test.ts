import type { ComparisonReport } from '@coppice/contract';
import {
  aRow,
  idAt,
  type OpenedForTest,
  openForTest,
  type Settings,
  testDatabases,
} from '@coppice/testkit/record/databases';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Epoch } from '../storage/port/epoch.ts';
import { Comparison } from './comparison.ts';

const HOUR = 3_600_000;
/** Young enough to be kept, and at the same slice of time in each run. */
const START = Math.floor(Date.now() / 640_000) * 640_000 - 8 * HOUR - ((8 * HOUR) % 640_000);
const A = 'a'.repeat(64);
const epochAt = (period: number, weights: Record<string, number>): Epoch => ({
  period,
  weights,
  releases: { v1: A, v2: A },
});
const even = epochAt(START, { v1: 50, v2: 50 });

type Answer = { id: string; version: string; epoch: Epoch; bucket: number; right: boolean };

/** `n` answers of each version, so often right. */
function answersOf(epoch: Epoch, of: Record<string, [n: number, right: number]>, random = seededRandom(5)): Answer[] {
  return Object.entries(of).flatMap(([version, [n, right]]) =>
    Array.from({ length: n }, (_, i) => ({
      ...{ id: idAt(epoch.period + i * 1000), version, epoch, bucket: Math.floor(random() * 64) },
      right: Math.floor(((i + 1) * right) / n) > Math.floor((i * right) / n),
    })),
  );
}

async function record({ record }: OpenedForTest, answers: readonly Answer[]): Promise<void> {
  for (const { right: _, version, ...row } of answers)
    record.append(
      aRow({ ...row, version, assigned: version, release: A, latencySeconds: 0.002 + (row.bucket % 7) / 1e4 }),
    );
  await record.flush();
}

async function feed({ record }: OpenedForTest, answers: readonly Answer[], batch = 500): Promise<void> {
  for (let at = 0; at < answers.length; at += batch)
    await record.addFeedback(
      answers
        .slice(at, at + batch)
        .map(({ id, right }) => ({ prediction_id: id, actual: right ? 'versicolor' : 'setosa' })),
    );
}

const comparisonOf = ({ storage }: Pick<OpenedForTest, 'storage'>, epoch: Epoch, now = () => START + 5 * HOUR) =>
  new Comparison({
    ...{ storage, epoch: { now: epoch }, versions: ['v1', 'v2'], shadow: () => null, recorded: true },
    ...{ alpha: 0.05, outcomeGood: 'high', now },
  });
/** What may not depend on how rows arrived: all but rounding, and the times of batches. */
const numbersOf = ({ since: _, epochs, ...report }: ComparisonReport) =>
  JSON.parse(
    JSON.stringify(
      { ...report, epochs: epochs.map(({ weights, releases }) => ({ weights, releases })) },
      (key, value) =>
        key === 'seconds' ? undefined : typeof value === 'number' ? Number(value.toPrecision(9)) : value,
    ),
  );
const accuracyOf = ({ candidates }: ComparisonReport) =>
  candidates[0]?.means.find(({ metric }) => metric === 'accuracy');

describe.each(testDatabases)('the comparison on $name', (database) => {
  let server: Awaited<ReturnType<typeof database.start>>;
  beforeAll(async () => {
    server = await database.start();
  });
  afterAll(() => server.stop());

  async function open(settings?: Settings): Promise<OpenedForTest & { settings: Settings }> {
    const used = settings ?? (await server.fresh());
    const opened = await openForTest(used);
    onTestFinished(() => opened.record.close());
    return { ...opened, settings: used };
  }

  it('is the same after a restart, whatever the order and the batches of rows and feedback, and if feedback is replaced', async () => {
    const first = await open();
    const answers = answersOf(even, { v1: [600, 540], v2: [600, 588] });
    await record(first, answers);
    await feed(first, answers);
    const report = await comparisonOf(first, even).ofWeights();
    expect(accuracyOf(report)).toMatchObject({ verdict: 'better', baseline: { n: 600 }, candidate: { n: 600 } });
    expect(report.epochs).toEqual([
      { since: new Date(START).toISOString(), weights: even.weights, releases: even.releases },
    ]);

    await first.record.close();
    const again = await open(first.settings);
    expect(await comparisonOf(again, even).ofWeights()).toEqual(report);

    const other = await open();
    const shuffled = answers.toSorted((a, b) => a.id.slice(-6).localeCompare(b.id.slice(-6)));
    for (let at = 0; at < shuffled.length; at += 170) await record(other, shuffled.slice(at, at + 170));
    await feed(
      other,
      answers.map((answer) => ({ ...answer, right: !answer.right })),
      77,
    );
    await feed(other, shuffled, 13);
    expect(numbersOf(await comparisonOf(other, even).ofWeights())).toEqual(numbersOf(report));
  });

  it('names no winner by the mix of traffic', async () => {
    const opened = await open();
    const later = epochAt(START + 2 * HOUR, { v1: 10, v2: 90 });
    const both = [
      ...answersOf(even, { v1: [1000, 800], v2: [1000, 790] }),
      ...answersOf(later, { v1: [200, 194], v2: [1800, 1728] }),
    ];
    await record(opened, both);
    await feed(opened, both);
    // since the weights in force
    const now = await comparisonOf(opened, later).ofWeights();
    expect(accuracyOf(now)).toMatchObject({ verdict: 'no difference seen', baseline: { n: 200 } });
    const comparison = comparisonOf(opened, later);
    const experiment = {
      name: 'x',
      baseline: 'v1',
      candidates: ['v2'],
      metric: 'accuracy' as const,
      margin: 0.02,
      effect: 0.02,
    };
    const state = { ...experiment, reason: 'x', who: 'x', period: START, started: new Date(START).toISOString() };
    for (const report of [
      await comparison.ofExperiment(state),
      (await comparison.ofPeriod(START, START + 5 * HOUR)).comparison as ComparisonReport,
    ]) {
      expect(report.epochs).toHaveLength(2);
      expect(accuracyOf(report)).toMatchObject({ verdict: 'no difference seen', candidate: { n: 2800 } });
      expect(accuracyOf(report)?.effect).toBeCloseTo(-0.01, 3);
      expect(report.candidates[0]?.words).toContain('No difference between v2 and v1 is seen: accuracy −1.0 points');
    }
    const { epochs } = await comparison.ofPeriod(START, START + 5 * HOUR);
    expect(epochs.map(({ versions }) => versions.map(({ accuracy }) => accuracy?.value))).toEqual([
      [0.8, 0.79],
      [0.97, 0.96],
    ]);
  });

  it('keeps the first verdict and the slow limit, which later looks do not change', async () => {
    const opened = await open();
    const answers = answersOf(even, { v1: [600, 540], v2: [600, 588] });
    await record(opened, answers);
    await feed(opened, answers);
    const comparison = comparisonOf(opened, even);
    await comparison.look(null, true);
    const [limit] = await opened.storage.writer.call('documents', 'list', ['slow-limit', 10]);
    expect(limit).toEqual({ name: `${START}:v1`, value: { bucket: expect.any(Number) } });
    // the verdict is lost again
    const worse = answersOf(even, { v2: [600, 540] }, seededRandom(6));
    await record(opened, worse);
    await feed(opened, worse);
    const later = comparisonOf(opened, even, () => START + 6 * HOUR);
    await later.look(null, false);
    const report = await later.ofWeights();
    expect(accuracyOf(report)?.verdict).not.toBe('better');
    expect(report.candidates[0]?.first.filter(({ metric }) => metric === 'accuracy')).toEqual([
      {
        ...{ metric: 'accuracy', verdict: 'better', time: new Date(START + 5 * HOUR).toISOString() },
        ...{ effect: expect.closeTo(0.08, 9), interval: [expect.any(Number), expect.any(Number)] },
      },
    ]);
    expect(report.candidates[0]?.risks[1]).toMatchObject({ metric: 'slow', limit_ms: expect.any(Number) });
    await later.look(null, true);
    expect(await opened.storage.writer.call('documents', 'list', ['slow-limit', 10])).toEqual([limit]);
  });

  it('computes a report once for all who ask within a second', async () => {
    const opened = await open();
    let [time, reads] = [START + HOUR, 0];
    const reader = {
      ...opened.storage.reader,
      call: ((...args) => {
        reads++;
        return opened.storage.reader.call(...args);
      }) as typeof opened.storage.reader.call,
    };
    const comparison = comparisonOf({ storage: { ...opened.storage, reader } }, even, () => time);
    const reports = await Promise.all([1, 2, 3].map(() => comparison.ofWeights()));
    expect([reads, new Set(reports).size]).toEqual([1, 1]);
    time += 999;
    expect(await comparison.ofWeights()).toBe(reports[0]);
    time += 1;
    expect((await comparison.ofWeights()).until).toBe(new Date(time).toISOString());
    expect(reads).toBe(2);
  });

  it.runIf(database.name === 'PostgreSQL')('adds up what several gateways count', async () => {
    const one = await open();
    const other = await open(one.settings);
    const alone = await open();
    const answers = answersOf(even, { v1: [400, 360], v2: [400, 392] });
    await Promise.all([
      record(
        one,
        answers.filter((_, i) => i % 3 === 0),
      ),
      record(
        other,
        answers.filter((_, i) => i % 3 > 0),
      ),
      record(alone, answers),
    ]);
    // feedback goes to any of them
    await Promise.all([
      feed(
        other,
        answers.filter((_, i) => i % 2 === 0),
        50,
      ),
      feed(
        one,
        answers.filter((_, i) => i % 2 > 0),
        50,
      ),
      feed(alone, answers),
    ]);
    const report = await comparisonOf(alone, even).ofWeights();
    for (const gateway of [one, other])
      expect(numbersOf(await comparisonOf(gateway, even).ofWeights())).toEqual(numbersOf(report));
    expect(accuracyOf(report)).toMatchObject({ baseline: { n: 400 }, verdict: 'better' });
  });
});
