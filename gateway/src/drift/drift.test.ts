import { cardOf } from '@coppice/testkit/card-of-rows';
import { measuredDrift } from '@coppice/testkit/measured-drift';
import { MIXED_COLUMNS, mixedCard, mixedRow } from '@coppice/testkit/mixed-rows';
import { iris, irisTraining, pick } from '@coppice/testkit/sample-rows';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { describe, expect, it } from 'vitest';
import { createDrift, DriftUnknownError } from './drift.ts';

const flowers = iris();
const train = irisTraining(flowers.rows, seededRandom(1));
const card = cardOf(train, flowers.names);
const config = { window: 500, minSamples: 200, threshold: 0.3 };

const columns = flowers.names;
const classes = card.classes.map(({ name }) => name);
const row = (features: number[], label: number) => ({ columns, features, label, version: 'v1' });

/** The gateway's parts around it, as plain values that a test can read and move. */
function setUp({ known = true } = {}) {
  const gauges = new Map<string, number | boolean>();
  const scrapes: (() => void)[] = [];
  const world = { known, time: 0, kept: [] as object[] };
  const drift = createDrift(config, {
    catalog: {
      shape: () => (world.known ? { features: columns, classes } : null),
      cards: () => (world.known ? [card] : []),
      card: () => card,
    },
    metrics: {
      driftScore: (score) => gauges.set('score', score),
      driftSamples: (samples) => gauges.set('samples', samples),
      driftDetected: (on) => gauges.set('drifted', on),
      featureDrift: (feature, method, value) => gauges.set(`${feature} ${method}`, value),
      featureDriftDetected: (feature, on) => gauges.set(feature, on),
      predictionDriftDetected: (on) => gauges.set('prediction', on),
      beforeScrape: (update) => scrapes.push(update),
    },
    now: () => world.time,
    date: () => Date.UTC(2026, 0, 1) + world.time,
    keep: (found) => world.kept.push(found),
  });
  const random = seededRandom(9);
  const feed = (n: number, shift = 0) => {
    for (let i = 0; i < n; i++) {
      const { features, label } = pick(train, random);
      drift.observe(row([...features.slice(0, 3), (features[3] as number) + shift], label));
    }
  };
  return { drift, world, gauges, feed, scrape: () => scrapes.forEach((update) => void update()) };
}

describe('the drift watch', () => {
  it('is unknown and exports nothing until a model card is known', () => {
    const { drift, world, gauges, scrape, feed } = setUp({ known: false });
    feed(10);
    scrape();
    expect(gauges.size).toBe(0);
    expect(() => drift.report()).toThrow(DriftUnknownError);
    world.known = true;
    expect(drift.report()).toMatchObject({ samples: 0, ready: false });
  });

  it('exports gauges that are 0 until ready, then what the report says', () => {
    const { drift, world, gauges, scrape, feed } = setUp();
    feed(199, 5);
    scrape();
    expect(Object.fromEntries(gauges)).toMatchObject({ score: 0, samples: 199, drifted: false, 'petal_width ks': 0 });
    feed(301, 5);
    world.time += 1000;
    scrape();
    const report = drift.report();
    const petal = report.features[3];
    expect(Object.fromEntries(gauges)).toMatchObject({
      score: report.score,
      samples: 500,
      drifted: true,
      prediction: false,
      petal_width: true,
      sepal_width: false,
      'petal_width ks': petal?.ks?.statistic,
      'petal_width psi': petal?.psi?.value,
      'petal_width mean_std': petal?.mean_std,
    });
  });

  it('recomputes at most once a second, and not without new rows', () => {
    const { drift, world, feed } = setUp();
    feed(200);
    const first = drift.report();
    feed(1);
    world.time += 999;
    expect(drift.report()).toBe(first);
    world.time += 1;
    const second = drift.report();
    expect(second.samples).toBe(201);
    world.time += 60_000;
    expect(drift.report()).toBe(second);
  });

  it('knows since when it drifts though nobody asks, also in the next run of the gateway', () => {
    const first = setUp();
    first.feed(500, 5);
    first.drift.look();
    first.world.time += 60_000;
    first.feed(1, 5);
    const report = first.drift.report();
    expect(report.since).toBe('2026-01-01T00:00:00.000Z');
    expect(report.features.map(({ since }) => since)).toEqual([null, null, null, report.since]);
    expect(first.world.kept).toEqual([{ 'feature petal_width': Date.UTC(2026), report: Date.UTC(2026) }]);

    const next = setUp();
    next.drift.resume({ 'feature petal_width': Date.UTC(2025) });
    next.feed(500, 5);
    expect(next.drift.report().features[3]?.since).toBe('2025-01-01T00:00:00.000Z');
    // another model, another drift
    next.drift.restart();
    next.feed(500, 5);
    expect(next.drift.report().features[3]?.since).toBe('2026-01-01T00:00:00.000Z');
  });

  it('leaves out failed rows and rows of another shape', () => {
    const { drift } = setUp();
    drift.observe(row([1, 2, 3, 4], -1));
    drift.observe(row([1, 2, 3, 4], 3));
    drift.observe(row([1, 2, 3], 0));
    drift.observe(row([1, 2, 3, 4], 2));
    expect(drift.report().samples).toBe(1);
  });

  it('comes back after a restart: recorded rows stand before newer ones', () => {
    const { drift, feed } = setUp();
    feed(1, 50);
    const { features, label } = train[0] as (typeof train)[0];
    drift.refill(Array.from({ length: 500 }, () => row(features, label)));
    expect(drift.report().samples).toBe(500);
    expect(measuredDrift(drift.report(), 3).now?.histogram.counts.at(-1)).toBe(1);
    // the oldest rows go first: the one that came since stays for another 499
    for (let i = 0; i < 499; i++) drift.observe(row(features, label));
    drift.refill([]);
    expect(measuredDrift(drift.report(), 3).now?.histogram.counts.at(-1)).toBe(1);
    drift.observe(row(features, label));
    drift.refill([]);
    expect(measuredDrift(drift.report(), 3).now?.histogram.edges.at(-1)).toBeLessThan(5);
  });
});

describe('the drift watch of versions that differ in their features', () => {
  const random = seededRandom(4);
  const rows = Array.from({ length: 400 }, () => mixedRow(random));
  const v2 = mixedCard(rows);
  const first = v2.features.slice(0, 5);
  const v1 = { ...v2, features: first };
  const older = MIXED_COLUMNS.slice(0, 5);

  function setUpTwo() {
    const series = new Map<string, number | boolean>();
    const scrapes: (() => void)[] = [];
    const world = { columns: older as readonly string[], cards: [v1] };
    const ignore = () => {};
    const drift = createDrift(config, {
      catalog: {
        shape: () => ({ features: world.columns, classes: v2.classes.map(({ name }) => name) }),
        cards: () => world.cards,
        card: (version) => (version === 'v1' ? v1 : v2),
      },
      metrics: {
        ...{ driftScore: ignore, driftSamples: ignore, driftDetected: ignore, predictionDriftDetected: ignore },
        featureDrift: (feature, method, value) => series.set(`${feature} ${method}`, value),
        featureDriftDetected: ignore,
        beforeScrape: (update) => scrapes.push(update),
      },
      date: () => 0,
    });
    const observe = (n: number, columns: readonly string[], version: string) => {
      for (const { features, label } of rows.slice(0, n))
        drift.observe({ columns, features: features.slice(0, columns.length), label, version });
    };
    return { drift, world, observe, series, scrape: () => scrapes.forEach((update) => void update()) };
  }
  const counted = ({ features }: { features: { feature: string; rows: number }[] }) =>
    Object.fromEntries(features.map(({ feature, rows }) => [feature, rows]));

  it('covers the features of a version from its first row on, and counts rows only for the features that they have', () => {
    const { drift, world, observe } = setUpTwo();
    observe(100, older, 'v1');
    expect(Object.keys(counted(drift.report()))).toEqual(older);
    world.cards = [v1, v2];
    world.columns = MIXED_COLUMNS;
    observe(200, MIXED_COLUMNS, 'v2');
    observe(50, older, 'v1');
    drift.refill([]);
    expect(counted(drift.report())).toMatchObject({ age: 350, island: 350, town: 200, plan: 200 });
    expect(drift.report().features.map(({ judged }) => judged)).toEqual(MIXED_COLUMNS.map(() => true));
    expect(drift.report().drifted).toBe(false);
  });

  it('takes rows of the record by their columns, and in the order of now where they have none', () => {
    const { drift } = setUpTwo();
    const [row] = rows as [(typeof rows)[0]];
    const features = row.features.slice(0, 5);
    drift.refill([
      { columns: null, features, label: 0, version: 'v1' },
      { columns: ['island', 'gone'], features: ['Dream', 7], label: 0, version: 'v1' },
      { features, label: 0, version: 'v1' },
      { columns: null, features: features.slice(1), label: 0, version: 'v1' },
    ]);
    expect(drift.report().samples).toBe(3);
    expect(counted(drift.report())).toMatchObject({ age: 2, island: 3 });
  });

  it('exports each method only for the kinds of features that it compares', () => {
    const { series, scrape } = setUpTwo();
    scrape();
    expect([...series.keys()].filter((name) => /^(age|island) /.test(name))).toEqual([
      ...['age ks', 'age psi', 'age mean_std'],
      ...['island chi_square', 'island psi', 'island mean_std'],
    ]);
    expect(new Set(series.values())).toEqual(new Set([0]));
  });
});
