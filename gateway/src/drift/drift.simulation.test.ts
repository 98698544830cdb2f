import { cardOf, type Row } from '@coppice/testkit/card-of-rows';
import { measuredFeature } from '@coppice/testkit/measured-feature';
import { iris, irisTraining, normal, normalRow, pick } from '@coppice/testkit/sample-rows';
import { type Random, seededRandom } from '@coppice/testkit/seeded-random';
import { describe, expect, it } from 'vitest';
import { driftReference } from './reference.ts';
import { driftReport } from './report.ts';
import { DriftWindow } from './window.ts';

const config = { window: 500, minSamples: 200, threshold: 0.3 };
const flowers = iris();
const four = ['a', 'b', 'c', 'd'];

type World = { names: string[]; train: Row[]; draw: () => Row };
const worlds: Record<string, (random: Random) => World> = {
  'correlated normal features, 120 training rows': (random) => ({
    names: four,
    train: Array.from({ length: 120 }, () => normalRow(4, random)),
    draw: () => normalRow(4, random),
  }),
  'correlated normal features, 400 training rows': (random) => ({
    names: four,
    train: Array.from({ length: 400 }, () => normalRow(4, random)),
    draw: () => normalRow(4, random),
  }),
  'the training rows of Iris': (random) => {
    const train = irisTraining(flowers.rows, random);
    return { names: flowers.names, train, draw: () => pick(train, random) };
  },
  'all rows of Iris, of which training saw four fifths': (random) => ({
    names: flowers.names,
    train: irisTraining(flowers.rows, random),
    draw: () => pick(flowers.rows, random),
  }),
  'the training rows of Iris with noise of 0.1 σ': (random) => {
    const train = irisTraining(flowers.rows, random);
    const card = cardOf(train, flowers.names);
    const noisy = (value: number, i: number) => value + 0.1 * measuredFeature(card, i).std * normal(random);
    return {
      names: flowers.names,
      train,
      draw: () => {
        const { features: values, label } = pick(train, random);
        return { features: values.map(noisy), label };
      },
    };
  },
};

const watch = ({ train, names }: World) => {
  const card = cardOf(train, names);
  const reference = driftReference([card], () => card);
  const window = new DriftWindow(config.window, reference.features);
  return {
    card,
    add: ({ features, label }: Row) => window.add({ columns: names, features, label, version: 'v1' }),
    judge: () => driftReport(reference, window, config),
  };
};

describe('1,000 windows without drift', () => {
  it.each(Object.entries(worlds))('drawn from %s raise the overall alarm at most 10 times', (_name, make) => {
    const random = seededRandom(1);
    let alarms = 0;
    for (let i = 0; i < 1000; i++) {
      const world = make(random);
      const { add, judge } = watch(world);
      // half of them are judged as soon as they may be
      for (let row = 0; row < (i % 2 ? config.window : config.minSamples); row++) add(world.draw());
      if (judge().drifted) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(10);
  });
});

describe('ten minutes at 100 predictions a second', () => {
  it.each(Object.entries(worlds))('drawn from %s raise no alarm, looked at every second', (_name, make) => {
    const world = make(seededRandom(2));
    const { add, judge } = watch(world);
    let alarms = 0;
    for (let row = 1; row <= 60_000; row++) {
      add(world.draw());
      if (row % 100 === 0 && judge().drifted) alarms++;
    }
    expect(alarms).toBe(0);
  });
});

describe('a shift of 1 σ in one feature', () => {
  const names = ['correlated normal features, 120 training rows', 'the training rows of Iris'];
  const cases = names.flatMap((name) => [0, 1, 2, 3].map((feature) => [name, feature] as const));

  it.each(cases)(
    'of %s (number %d) is found by name within 500 predictions at least 95 times in 100',
    (name, shifted) => {
      const random = seededRandom(3 + shifted);
      const trials = 100;
      let found = 0;
      let loud = 0;
      for (let trial = 0; trial < trials; trial++) {
        const world = (worlds[name] as (random: Random) => World)(random);
        const { card, add, judge } = watch(world);
        for (let row = 0; row < config.window; row++) add(world.draw());
        const by = (trial % 2 ? 1 : -1) * measuredFeature(card, shifted).std;
        for (let row = 1; row <= 500; row++) {
          const { features, label } = world.draw();
          add({ features: features.map((value, i) => (i === shifted ? value + by : value)), label });
        }
        const report = judge();
        if (report.features[shifted]?.drifted && report.features.filter((feature) => feature.drifted).length === 1)
          found++;
        if ((report.score ?? 0) > config.threshold) loud++;
      }
      expect(found).toBeGreaterThanOrEqual(0.95 * trials);
      // the overall score does not see it
      expect(loud).toBeLessThanOrEqual(0.01 * trials);
    },
  );
});
