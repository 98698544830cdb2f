import { writeSync } from 'node:fs';

/** Prints the figures of a scenario as a small table, past the test runner's own output. */
export function printFigures(title: string, figures: Record<string, string | number>): void {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  const lines = Object.entries(figures).map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  writeSync(1, `\n${title}\n${lines.join('\n')}\n`);
}
