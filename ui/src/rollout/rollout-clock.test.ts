import { expect, it } from 'vitest';
import { nextLook, stepProgress } from './rollout-clock.ts';

it('says how far a step is, and nothing before the first look', () => {
  const rollout = { step_minutes: 0.5, step_requests: 1000 };
  const look = { step_seconds: 12.7, step_requests: 240 } as Parameters<typeof stepProgress>[0]['look'];
  expect(stepProgress({ ...rollout, look: null })).toBeNull();
  expect(stepProgress({ ...rollout, look })).toEqual({
    time: '12 s of at least 30 s',
    requests: '240 of at least 1,000',
  });
});

it.each([
  ['2026-03-02T09:40:10.000Z', 'in 0:07'],
  ['2026-03-02T09:41:04.000Z', 'in 1:01'],
  ['2026-03-02T09:40:03.000Z', 'now'],
  ['2026-03-02T09:39:00.000Z', 'now'],
  [undefined, 'now'],
])('says of a next look at %s that it is %s', (next, words) => {
  expect(nextLook(next, Date.parse('2026-03-02T09:40:03.000Z'))).toBe(words);
});
