const EACH_UP_TO = 1000;
const GROWTH = 1.01;

/** When somebody looks again after `n` rows: at each of the first 1,000, then whenever there are 1 % more. */
export function nextLook(n: number): number {
  return n < EACH_UP_TO ? n + 1 : Math.ceil(n * GROWTH);
}
