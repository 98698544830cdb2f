/** By actual class, then by answered class; gains are negative. */
export type Costs = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Costs by actual class (outer) and answered class (inner); 0 where none was given. Throws a RangeError for a class that is none. */
export function costMatrix(classes: readonly string[], costs: Costs): number[][] {
  const indexOf = (name: string) => {
    const index = classes.indexOf(name);
    if (index < 0)
      throw new RangeError(`a cost names the class ${JSON.stringify(name)}; the model's are ${classes.join(', ')}`);
    return index;
  };
  const cells = classes.map(() => classes.map(() => 0));
  for (const [actual, row] of Object.entries(costs))
    for (const [answered, cost] of Object.entries(row)) {
      if (!Number.isFinite(cost)) throw new RangeError(`the cost of ${actual} answered as ${answered} is no number`);
      (cells[indexOf(actual)] as number[])[indexOf(answered)] = cost;
    }
  return cells;
}
