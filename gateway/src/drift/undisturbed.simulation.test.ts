import { type ForestWorld, forestWorld } from '@coppice/testkit/forest-world';
import { measuredFeature } from '@coppice/testkit/measured-feature';
import { pick } from '@coppice/testkit/sample-rows';
import { type Random, seededRandom } from '@coppice/testkit/seeded-random';
import { beforeAll, describe, expect, it } from 'vitest';
import { driftReference } from './reference.ts';
import { driftReport } from './report.ts';
import { DriftWindow } from './window.ts';

const config = { window: 500, minSamples: 200, threshold: 0.3 };

/** Traffic as `npm run simulate` sends it, split between the trainer's two default forests; a shift in training σ. */
function report({ cards, rows }: ForestWorld, random: Random, { share = 0.5, shift = 0 } = {}) {
  const card = cards.v1 as NonNullable<typeof cards.v1>;
  const reference = driftReference([card], (version) => cards[version] ?? null);
  const window = new DriftWindow(config.window, reference.features);
  const columns = card.features.map(({ name }) => name);
  const by = shift * measuredFeature(card, 0).std;
  for (let i = 0; i < config.window; i++) {
    const { features, labels } = pick(rows, random);
    const version = random() < share ? 'v2' : 'v1';
    const moved = [(features[0] as number) + by, ...features.slice(1)];
    window.add({ columns, features: moved, label: labels[version] as number, version });
  }
  return driftReport(reference, window, config);
}

describe.each([3, 10, 30, 54])('traffic on data with %i classes', (classes) => {
  let world: ForestWorld;
  beforeAll(async () => {
    world = await forestWorld(classes);
  }, 120_000);

  it('raises any alarm in at most 10 of 1,000 windows while nothing changes', { timeout: 120_000 }, () => {
    const random = seededRandom(classes);
    const alarms: string[] = [];
    for (let i = 0; i < 1000; i++) {
      const { drifted, verdict } = report(world, random, { share: i % 2 ? 0.5 : 0.1 });
      if (drifted) alarms.push(verdict);
    }
    expect(alarms.length, alarms.join('\n')).toBeLessThanOrEqual(10);
  });

  it('shows a shift of 1 σ in one feature within 500 predictions, at least 95 times in 100', () => {
    const random = seededRandom(classes);
    let found = 0;
    for (let i = 0; i < 100; i++) {
      const { features, verdict } = report(world, random, { shift: i % 2 ? 1 : -1 });
      if (features[0]?.drifted && verdict.includes('drift: f0 ')) found++;
    }
    expect(found).toBeGreaterThanOrEqual(95);
  });
});
