type Range = { min: number; max: number };

/** Whether a value lies below the training range; its end, sent as a 32-bit float, does not. */
export const isBelow = (value: number, { min }: Range) => value < min && Math.fround(value) < Math.fround(min);

/** Whether a value lies above the training range, in the same way. */
export const isAbove = (value: number, { max }: Range) => value > max && Math.fround(value) > Math.fround(max);

/** How many values lie beyond the training range, on each side. */
export function outside(values: readonly number[], range: Range): { below: number; above: number } {
  return {
    below: values.filter((value) => isBelow(value, range)).length,
    above: values.filter((value) => isAbove(value, range)).length,
  };
}
