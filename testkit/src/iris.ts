import { readFileSync } from 'node:fs';

/** The bundled data as it stands in the file: 150 rows of four features and a class name. */
export function readIris(): { rows: number[][]; classes: string[] } {
  const text = readFileSync(new URL('../../trainer/data/iris.csv', import.meta.url), 'utf8');
  const lines = text.trim().split('\n').slice(1);
  const cells = lines.map((line) => line.split(','));
  return { rows: cells.map((row) => row.slice(0, -1).map(Number)), classes: cells.map((row) => row.at(-1) as string) };
}
