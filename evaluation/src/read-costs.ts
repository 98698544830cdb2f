/** By actual class, then by answered class; gains are negative. */
export type Costs = Record<string, Record<string, number>>;

/**
 * Reads costs such as `churn:no=5,no:churn=1`: actual class, answered class, cost. A text that holds commas in its names is one
 * cost. Null without any. Throws a RangeError of one line.
 */
export function readCosts(texts: readonly string[], classes: readonly string[]): Costs | null {
  const costs = new Map<string, Map<string, number>>();
  for (const text of texts) {
    const parts = readCost(text, classes) === undefined ? text.split(',') : [text];
    for (const part of parts) {
      const read = readCost(part.trim(), classes);
      if (read === undefined) throw new RangeError(refusal(part.trim(), classes));
      const row = costs.getOrInsertComputed(read.actual, () => new Map<string, number>());
      if (row.has(read.answered)) throw new RangeError(`--cost ${JSON.stringify(part.trim())} is given twice`);
      row.set(read.answered, read.cost);
    }
  }
  return costs.size === 0
    ? null
    : Object.fromEntries([...costs].map(([actual, row]) => [actual, Object.fromEntries(row)]));
}

function readCost(text: string, classes: readonly string[]) {
  const [, names = '', number = ''] = /^(.*)=\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/is.exec(text) ?? [];
  const cost = number === '' ? Number.NaN : Number(number);
  if (!Number.isFinite(cost)) return undefined;
  for (const actual of classes) {
    const answered = names.slice(actual.length + 1);
    if (names === `${actual}:${answered}` && classes.includes(answered)) return { actual, answered, cost };
  }
  return undefined;
}

function refusal(part: string, classes: readonly string[]): string {
  const [a = '', b = a] = classes;
  const shown = classes.length <= 12 ? classes : [...classes.slice(0, 12), '…'];
  return `--cost ${JSON.stringify(part)} is not allowed: must be ACTUAL:ANSWERED=COST, as in ${a}:${b}=5; the classes are ${shown.join(', ')}`;
}
