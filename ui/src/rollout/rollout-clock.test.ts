import { expect, it } from 'vitest';
import { stepProgress } from './rollout-clock.ts';

it('says how far a step is, and nothing before the first look', () => {
  const rollout = { step_minutes: 0.5, step_requests: 1000 };
  const look = { step_seconds: 12.7, step_requests: 240 } as Parameters<typeof stepProgress>[0]['look'];
  expect(stepProgress({ ...rollout, look: null })).toBeNull();
  expect(stepProgress({ ...rollout, look })).toEqual({
    time: '12 s of at least 30 s',
    requests: '240 of at least 1,000',
  });
});
