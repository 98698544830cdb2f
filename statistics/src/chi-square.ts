import cdf from '@stdlib/stats-base-dists-chisquare-cdf';

export type ChiSquare = {
  statistic: number;
  df: number;
  /** 1 when there is nothing to compare (fewer than two cells). */
  pValue: number;
};

/** Do counts follow given shares (relative; any sum)? A share of 0 with a count above 0 is impossible: p = 0. */
export function goodnessOfFit(counts: readonly number[], shares: readonly number[]): ChiSquare {
  const scale = sum(counts) / sum(shares);
  let statistic = 0;
  let cells = 0;
  counts.forEach((count, i) => {
    const expected = (shares[i] ?? 0) * scale;
    if (expected === 0 && count === 0) return;
    statistic += (count - expected) ** 2 / expected;
    cells++;
  });
  return { statistic, df: cells - 1, pValue: tail(statistic, cells - 1) };
}

/**
 * Do two rows of counts come from one mix? Cells expected below `least` in either row are joined first (Cochran 1954: 5, or
 * 1 if need be), since rare cells make the tail of χ² too light.
 */
export function homogeneity(a: readonly number[], b: readonly number[], least = 5): ChiSquare {
  const totals = [sum(a), sum(b)] as const;
  const all = totals[0] + totals[1];
  const cells = joinRare(
    a.map((count, i) => [count, b[i] ?? 0] as const),
    (least * all) / Math.min(...totals),
  );
  let statistic = 0;
  for (const cell of cells) {
    for (const row of [0, 1] as const) {
      const expected = ((cell[0] + cell[1]) * totals[row]) / all;
      statistic += (cell[row] - expected) ** 2 / expected;
    }
  }
  return { statistic, df: cells.length - 1, pValue: tail(statistic, cells.length - 1) };
}

type Cell = readonly [number, number];

/** Joins the smallest cells until each holds `least` over both rows, or one cell is left. */
function joinRare(cells: readonly Cell[], least: number): Cell[] {
  const joined = cells.filter((cell) => total(cell) > 0).sort((x, y) => total(x) - total(y));
  while (joined.length > 1 && total(joined[0] as Cell) < least) {
    const [x, y] = joined.splice(0, 2) as [Cell, Cell];
    joined.push([x[0] + y[0], x[1] + y[1]]);
    joined.sort((x, y) => total(x) - total(y));
  }
  return joined;
}

function tail(statistic: number, df: number): number {
  return df < 1 ? 1 : Math.max(0, 1 - cdf(statistic, df));
}

const total = (cell: Cell): number => cell[0] + cell[1];
const sum = (values: readonly number[]): number => values.reduce((x, y) => x + y, 0);
