import { expect, it } from 'vitest';
import { tryUntil } from './try-until.ts';

it('tries until it is done', async () => {
  let tries = 0;
  await tryUntil(async () => ++tries === 3, 60_000, 1);
  expect(tries).toBe(3);
});

it('waits no longer than it is patient, even for a try that never ends', async () => {
  let tries = 0;
  await tryUntil(async () => ++tries < 0, 20, 1);
  const after = tries;
  expect(after).toBeGreaterThan(1);
  await tryUntil(() => new Promise(() => {}), 20, 1);
  expect(tries - after).toBeLessThan(2);
});
