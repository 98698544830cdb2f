const mostSteps = 1000;

/**
 * A step for a slider over some values: the power of ten that every value is a multiple of; where that makes more than
 * 1,000 steps of the range, the next 1, 2 or 5 times a power of ten that does not.
 */
export function sliderStep(values: Iterable<number>): number {
  let finest = Number.POSITIVE_INFINITY;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value !== 0) finest = Math.min(finest, lastDigitExponent(value));
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const range = max - min;
  if (!(range > 0)) return 1;
  const step = powerOfTen(finest);
  return range / step <= mostSteps * (1 + 1e-9) ? step : roundUp(range / mostSteps);
}

/** The decimal exponent of the last digit that is not zero: 5.1 → −1, 0.25 → −2, 300 → 2. */
function lastDigitExponent(value: number): number {
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e');
  return Number(exponent) - (mantissa.split('.')[1]?.length ?? 0);
}

function roundUp(atLeast: number): number {
  const exponent = Math.floor(Math.log10(atLeast));
  for (const digit of [1, 2, 5]) {
    const step = Number(`${digit}e${exponent}`);
    if (step >= atLeast) return step;
  }
  return powerOfTen(exponent + 1);
}

function powerOfTen(exponent: number): number {
  // 10 ** -1 is exact as text, not as a power; below the smallest double there is nothing to resolve
  return Number(`1e${exponent}`) || Number.MIN_VALUE;
}
