import { expect } from 'vitest';

/** Expects the same probabilities, to the precision of FP32. */
export function expectClose(actual: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void {
  const distances = expected.flatMap((row, i) =>
    row.map((share, j) => Math.abs(share - (actual[i]?.[j] ?? Number.NaN))),
  );
  expect(Math.max(...distances)).toBeLessThan(1e-6);
}
