import type { ReplaySummary } from '@coppice/contract';
import { expect, it } from 'vitest';
import { replayWords } from './replay-words.ts';

const comparison = {
  ...{ live_version: 'v1', in_force: true, compared: 5000, agreement: { value: 0.962, interval: [0.95, 0.97] } },
  ...{ with_feedback: 0, paired: { only_replayed: 31, only_live: 4, verdict: 'better' } },
};
const replay = (over: object) =>
  ({ version: 'v2', comparisons: [{ ...comparison, ...over }] }) as never as ReplaySummary;

it('says how many rows agree', () => {
  expect(replayWords([replay({})], 'v2', 'v1')).toBe('96.2 % of 5,000 rows agree');
});

it('says who is right alone where rows have feedback', () => {
  expect(replayWords([replay({ with_feedback: 900 })], 'v2', 'v1')).toBe(
    '96.2 % of 5,000 rows agree; 31 : 4 right alone, better',
  );
});

it('knows nothing from another version, an older release, or no rows', () => {
  expect(replayWords([replay({})], 'v3', 'v1')).toBeNull();
  expect(replayWords([replay({})], 'v2', 'v3')).toBeNull();
  expect(replayWords([replay({ in_force: false }), replay({ compared: 0 })], 'v2', 'v1')).toBeNull();
});
