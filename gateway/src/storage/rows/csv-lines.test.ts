import type { HistoryRow } from '@coppice/contract';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvHeader, csvLine } from './csv-lines.ts';

const COLUMNS = { schema: { features: ['a', 'b'], classes: ['x', 'y'] }, further: [] };
const row: HistoryRow = {
  ...{ prediction_id: 'id', time: 't', model_version: 'v1', assigned: 'v1', release: 'abc' },
  ...{ route: 'weighted', source: 'api', reference: null, user_hash: null },
  ...{ feature_names: null, features: [1, -2.5], prediction: 0, class: 'x', probability: [1, 0] },
  ...{ latency_ms: 0.5, error: null, actual: null, outcome: null },
};

describe('CSV lines', () => {
  it.each(['=1+1', '+1+1', '-1-1', '-A1', '@SUM(A1)', '\tx', '\rx', '=cmd|"/c calc"!A1'])(
    'keep %j from being run as a formula',
    (name) => {
      const [[, , , , , , , , cell]] = parse(csvLine({ ...row, class: name }, COLUMNS)) as [string[]];
      expect(cell).toBe(`'${name}`);
    },
  );

  it.each(['-1', '+1', '-2.5e-3', '-.5'])('leave the number %s alone, class though it is', (name) => {
    const [[, , , , , , , , cell]] = parse(csvLine({ ...row, class: name }, COLUMNS)) as [string[]];
    expect(cell).toBe(name);
  });

  it('leave numbers as numbers', () => {
    expect(csvLine(row, COLUMNS)).toBe('id,t,v1,weighted,,1,-2.5,0,x,1,0,0.5,,,v1,abc,api,,\r\n');
  });

  it('leave empty what a row does not have, and cut what the header has no column for', () => {
    const failed = { ...row, features: [1, 2, 3], prediction: null, class: null, probability: null, error: 'timeout' };
    expect(csvLine(failed, COLUMNS)).toBe('id,t,v1,weighted,,1,2,,,,,0.5,timeout,,v1,abc,api,,\r\n');
    expect(csvLine({ ...row, features: [1] }, COLUMNS)).toContain(',1,,0,x');
  });

  it('have each value below its name, and those of features that the model does not have in further columns', () => {
    const columns = { ...COLUMNS, further: ['c'] };
    const shuffled = { ...row, feature_names: ['c', 'b', 'd'], features: ['x, y', false, 4] };
    expect(csvHeader(columns)).toContain('user_hash,a,b,c,prediction');
    expect(csvLine(shuffled, columns)).toContain('weighted,,,false,"x, y",0,x');
    expect(csvLine({ ...row, features: [true, 2, 3] }, columns)).toContain('weighted,,true,2,,0,x');
    expect(csvHeader({ schema: null, further: ['c'] })).toContain('user_hash,c,prediction,class,latency_ms');
  });

  it('are read back by a CSV parser, whatever the names hold', () => {
    const name = fc.string({ unit: 'grapheme' }).filter((text) => !/^[=+\-@\t\r]/.test(text));
    fc.assert(
      fc.property(name, name, name, (feature, first, second) => {
        const columns = { schema: { features: [feature], classes: [first, second] }, further: [] };
        const text = csvHeader(columns) + csvLine({ ...row, class: first, actual: second }, columns);
        const [header, line] = parse(text, { recordDelimiter: '\r\n' }) as [string[], string[]];
        expect(header.slice(5, 10)).toEqual([
          feature,
          'prediction',
          'class',
          `probability_${first}`,
          `probability_${second}`,
        ]);
        expect([line[7], line.at(-6)]).toEqual([first, second]);
      }),
    );
  });
});
