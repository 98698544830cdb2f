import { readFileSync } from 'node:fs';

export const irisFile = new URL('../../trainer/data/iris.csv', import.meta.url);

/** The bundled data as it stands in the file: 150 rows of four features and a class name. */
export function readIris(): { names: string[]; rows: number[][]; classes: string[] } {
  const [header = '', ...lines] = readFileSync(irisFile, 'utf8').trim().split(/\r?\n/);
  const cells = lines.map((line) => line.split(','));
  return {
    // a unit may follow in brackets
    names: header
      .split(',')
      .slice(0, -1)
      .map((name) => name.replace(/\s*\(.*/, '')),
    rows: cells.map((row) => row.slice(0, -1).map(Number)),
    classes: cells.map((row) => row.at(-1) as string),
  };
}
