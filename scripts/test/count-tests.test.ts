import { describe, expect, it } from 'vitest';
import { countTests, isFlaky, testOutcomes } from './count-tests.ts';

const report = (passed: number, failed: number, testResults: object[] = []) =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults });

describe('the counts of a test run', () => {
  it('are those of its report', () => {
    expect(countTests(report(7, 0), 0)).toEqual({ passed: 7, failed: 0 });
    expect(countTests(report(7, 2), 1)).toEqual({ passed: 7, failed: 2 });
  });

  it('count a file that could not be loaded as one failed test', () => {
    const broken = { name: 'a.test.ts', status: 'failed', assertionResults: [] };
    const failing = { name: 'b.test.ts', status: 'failed', assertionResults: [{ fullName: 'b', status: 'failed' }] };
    expect(countTests(report(3, 1, [broken, failing]), 1)).toEqual({ passed: 3, failed: 2 });
  });

  it('are never all passed when the run failed or wrote no report', () => {
    expect(countTests(report(3, 0), 1)).toEqual({ passed: 3, failed: 1 });
    expect(countTests(report(3, 0), null)).toEqual({ passed: 3, failed: 1 });
    expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1 });
    expect(countTests('{}', 0)).toEqual({ passed: 0, failed: 1 });
  });
});

describe('the outcomes of a test run', () => {
  it('are those of each test that ran, and of each file that could not be loaded', () => {
    const ran = [
      { fullName: ' holds', status: 'passed', failureMessages: [] },
      { fullName: ' breaks', status: 'failed', failureMessages: ['Error: no\n  at x'] },
      { fullName: ' waits', status: 'skipped', failureMessages: [] },
    ];
    const files = [
      { name: '/a.test.ts', status: 'failed', message: '', assertionResults: ran },
      { name: '/b.test.ts', status: 'failed', message: 'SyntaxError: x\n', assertionResults: [] },
    ];
    expect(testOutcomes(report(1, 1, files))).toEqual([
      { file: '/a.test.ts', name: 'holds', passed: true, reason: null },
      { file: '/a.test.ts', name: 'breaks', passed: false, reason: 'Error: no' },
      { file: '/b.test.ts', name: null, passed: false, reason: 'SyntaxError: x' },
    ]);
    expect(testOutcomes(undefined)).toEqual([]);
    expect(testOutcomes('{}')).toEqual([]);
  });

  it('name a test that passed, but not at once', () => {
    const ran = [
      { fullName: 'passes at once', status: 'passed', failureMessages: [] },
      { fullName: 'passes later', status: 'passed', failureMessages: ['Error: slow'] },
      { fullName: 'never passes', status: 'failed', failureMessages: ['Error: no', 'Error: no'] },
    ];
    const outcomes = testOutcomes(report(2, 1, [{ name: '/a.test.ts', status: 'failed', assertionResults: ran }]));
    expect(outcomes.filter(isFlaky)).toMatchObject([{ name: 'passes later', reason: 'Error: slow' }]);
  });
});
