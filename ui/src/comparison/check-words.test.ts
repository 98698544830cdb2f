import { expect, it } from 'vitest';
import { feedbackWords, sampleRatioWords } from './check-words.ts';

const checked = (tipping_point: number | null) => ({
  ...{ version: 'v2', baseline: 'v1' },
  checks: {
    sample_ratio: {
      ...{ status: 'ok' as const, log_e: 0, expected: 499.6 },
      assigned: { baseline: 4600, candidate: 520 },
    },
    feedback: { status: 'ok' as const, log_e: 0, rates: { baseline: 0.3, candidate: null }, tipping_point },
  },
});

it('says how many requests a version got, and how many it would get by the weights', () => {
  expect(sampleRatioWords(checked(null))).toBe('v2 got 520 of 5,120 requests; by the weights it would get about 500.');
});

it('says how often answers get feedback, and what would undo the difference in accuracy', () => {
  expect(feedbackWords(checked(null))).toBe('Answers with feedback: v1 30.0 %, v2 –.');
  expect(feedbackWords(checked(0.029))).toContain('without feedback differ from those with it by 2.9 points.');
});
