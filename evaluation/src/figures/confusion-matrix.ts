/** Rows by actual class (outer) and answered class (inner), both as indices below `classes`. */
export function confusionMatrix(classes: number, actual: ArrayLike<number>, answered: ArrayLike<number>): number[][] {
  const cells = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < actual.length; row++) {
    const counts = cells[actual[row] as number] as number[];
    const column = answered[row] as number;
    counts[column] = (counts[column] as number) + 1;
  }
  return cells;
}
