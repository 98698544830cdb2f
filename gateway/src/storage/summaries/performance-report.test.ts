import { performanceFigures as contract } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { ERROR_BUCKET, performanceReport } from './performance-report.ts';

const PERIOD = { since: 0, until: 60_000 };

describe('the performance report', () => {
  it('follows the contract, with versions in numerical order', () => {
    const report = performanceReport(
      PERIOD,
      [
        { version: 'v10', bucket: 100, n: 3 },
        { version: 'v2', bucket: ERROR_BUCKET, n: 2 },
        { version: 'v10', bucket: ERROR_BUCKET, n: 1 },
      ],
      [],
      ['a', 'b'],
    );
    expect(contract.parse(report)).toEqual(report);
    expect(report.versions.map(({ version, n, errors }) => [version, n, errors])).toEqual([
      ['v2', 2, 2],
      ['v10', 4, 1],
    ]);
  });

  it('adds up the counts of several spans', () => {
    const count = { version: 'v1', predicted: 'a', actual: 'b' };
    const [version] = performanceReport(
      PERIOD,
      [],
      [
        { ...count, n: 2 },
        { ...count, n: 3 },
      ],
      ['a', 'b'],
    ).versions;
    expect(version).toMatchObject({
      feedback: 5,
      correct: 0,
      confusion: [
        [0, 0],
        [5, 0],
      ],
    });
  });

  it('puts classes that the model card no longer names last', () => {
    const report = performanceReport(PERIOD, [], [{ version: 'v1', predicted: 'old', actual: 'a', n: 1 }], ['a']);
    expect(report.classes).toEqual(['a', 'old']);
    expect(report.versions[0]?.confusion).toEqual([
      [0, 1],
      [0, 0],
    ]);
  });
});
