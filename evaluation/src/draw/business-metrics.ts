import type { ModelReport } from '@coppice/contract';

/** Costs of a report with the cells that they come from; null when it has none. Gains are negative. */
export function businessMetrics({ business, classes, confusion, rows }: ModelReport) {
  if (!business) return null;
  const { costs, ...figures } = business;
  const cells = costs.flatMap((row, actual) =>
    row.flatMap((cost, answered) => {
      const count = confusion[actual]?.[answered] ?? 0;
      const names = { actual: classes[actual] as string, answered: classes[answered] as string };
      return cost === 0 ? [] : [{ ...names, cost, rows: count, total: cost * count }];
    }),
  );
  return { rows, ...figures, cells };
}
