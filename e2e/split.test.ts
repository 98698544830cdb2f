import { afterAll, beforeAll, expect, it } from 'vitest';
import { countVersions, splitPValue } from './stack/split.ts';
import { type Stack, startStack } from './stack/stack.ts';

const weights = { v1: 70, v2: 30 };
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ ui: false, weights });
});
afterAll(() => stack?.stop());

it('splits 10,000 requests 70/30 within a χ² test at p > 0.001', async () => {
  const counts = await countVersions(stack.gatewayUrl, 10_000);
  expect((counts.v1 ?? 0) + (counts.v2 ?? 0)).toBe(10_000);
  expect(splitPValue(counts, weights), JSON.stringify(counts)).toBeGreaterThan(0.001);
});
