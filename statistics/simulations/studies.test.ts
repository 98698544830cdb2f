import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';
import { studies } from './studies.ts';

const ROWS = 20_000;

describe.each(studies(ROWS))('$title', ({ runs, jobs }) => {
  it.each(jobs)('$name', async ({ job, figures }) => {
    const columns = await simulate(job, runs);
    for (const { name, of, bounds } of figures) {
      const figure = of(columns);
      const [low, high] = bounds?.(columns) ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      expect.soft(figure, `${name}, at least`).toBeGreaterThanOrEqual(low);
      expect.soft(figure, `${name}, at most`).toBeLessThanOrEqual(high);
    }
  });
});
