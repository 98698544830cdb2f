import type { DriftReport } from './drift.ts';

/** The state of a verdict in a word, wherever it is shown. */
export function driftState(judged: boolean, drifted: boolean): 'drift' | 'no drift' | 'no verdict yet' {
  return !judged ? 'no verdict yet' : drifted ? 'drift' : 'no drift';
}

/** The score and on which side of its threshold it is: "0.22, not above 0.30". */
export function scoreWords({ score, threshold }: Pick<DriftReport, 'score' | 'threshold'>): string {
  if (score === null) return 'not ready';
  const [shown, limit] = figuresApart(score, threshold);
  return `${shown}, ${score > threshold ? 'above' : 'not above'} ${limit}`;
}

/** Two numbers with as many decimals as show which one is larger, at least `decimals`. */
export function figuresApart(a: number, b: number, decimals = 2): [string, string] {
  for (let digits = decimals; ; digits++) {
    const words: [string, string] = [a.toFixed(digits), b.toFixed(digits)];
    if (words[0] !== words[1] || a === b || digits === 12) return words;
  }
}

/** Two shares in percent, in the same way: "62 %", "33 %". */
export function percentsApart(a: number, b: number): [string, string] {
  const [x, y] = figuresApart(100 * a, 100 * b, 0);
  return [`${x} %`, `${y} %`];
}
