import { comparisonReport } from '@coppice/contract';
import { answersOf, type CountedAnswer, countedEpoch } from '@coppice/testkit/epoch-cells';
import { describe, expect, it } from 'vitest';
import { type ComparisonPlan, compareVersions } from './compare-versions.ts';

const START = Date.parse('2026-03-02T00:00:00Z');
const now = START + 3_600_000;
const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const weights = { v1: 50, v2: 50 };

const plan: ComparisonPlan = {
  ...{ experiment: null, baseline: 'v1', candidates: ['v2'], releases: {}, alpha: 0.05, metric: 'accuracy' },
  ...{ margin: 0.02, effect: 0.02, outcomeGood: 'high', slowLimit: 190, first: () => [], notes: [] },
};
/** The first `right` in a thousand are right, the first `failed` of them fail. */
const answers = (version: string, n: number, { right = 900, failed = 0, slow = 1 } = {}): CountedAnswer[] =>
  answersOf(version, n, {
    from: START,
    correct: (i) => (i * 617) % 1000 < right,
    failed: (i) => (i * 389) % 1000 < failed,
    latency: (i) => 0.003 * slow * (1 + ((i * 61) % 100) / 100),
  }).map((answer) => (answer.failed ? { ...answer, correct: undefined } : answer));

function words(v1: CountedAnswer[], v2: CountedAnswer[], changes: Partial<ComparisonPlan> = {}, weighted = weights) {
  const epoch = countedEpoch({ period: START, weights: weighted }, [...v1, ...v2]);
  const report = compareVersions({ ...plan, ...changes }, [epoch], { from: START, now });
  expect(comparisonReport.parse(report)).toEqual(report);
  return report.candidates[0]?.words;
}

describe('a comparison in words', () => {
  it.each([
    [
      'v2 is better: accuracy +5.0 points [+3.4, +6.6], 10,000 rows with feedback; no difference seen in slow answers; no errors seen.',
      ...[answers('v1', 5000), answers('v2', 5000, { right: 950 })],
    ],
    [
      "v2 is worse in errors and better in accuracy: errors in 3 % of requests, and 0.2 % of the baseline's, 15 times [5.39, 64.1], accuracy +5.0 points [+3.3, +6.6], 9,840 rows with feedback; no difference seen in slow answers.",
      ...[answers('v1', 5000, { failed: 2 }), answers('v2', 5000, { right: 950, failed: 30 })],
    ],
    [
      'No difference between v2 and v1 is seen: accuracy +0.5 points [−3.6, +4.6], 2,000 rows with feedback, a difference of 2 points most likely shows after 11,595 more, in 6 hours; no difference seen in slow answers; no errors seen.',
      ...[answers('v1', 1000), answers('v2', 1000, { right: 905 })],
    ],
    [
      'Not enough data to compare the accuracy of v2 and v1: 10 rows with feedback of v2 and 10 of v1; no errors seen; not enough data: slow answers.',
      ...[answers('v1', 10), answers('v2', 10)],
    ],
    [
      'Not enough data to compare the accuracy of v2 and v1: 500 rows with feedback of v2 and 500 of v1, all of them right; no errors seen; not enough data: slow answers.',
      ...[answers('v1', 500, { right: 1000 }), answers('v2', 500, { right: 1000 })],
    ],
    [
      'Not enough data to compare the accuracy of v2 and v1: 500 rows with feedback of v2 and 500 of v1, few of them wrong; no errors seen; not enough data: slow answers.',
      ...[answers('v1', 500, { right: 998 }), answers('v2', 500, { right: 998 })],
    ],
    [
      // better where nobody asked
      "v2 is better in slow answers: slow answers in 0 % of requests, and 99 % of the baseline's; no difference seen in accuracy; no errors seen.",
      ...[answers('v1', 1000, { slow: 1.3 }), answers('v2', 1000, { slow: 0.5 })],
    ],
  ])('%s', (expected, v1, v2) => {
    expect(words(v1 as CountedAnswer[], v2 as CountedAnswer[])).toBe(expected);
  });

  it('begins with why nothing can be said', () => {
    const [v1, v2] = [answers('v1', 5000), answers('v2', 5000, { right: 950 })];
    expect(words(v1, v2, {}, { v1: 60, v2: 40 })).toMatch(
      /^v2 cannot be judged: it was assigned 5,000 of 10,000 requests, and by the weights it should be 4,000; .*withheld: accuracy\.$/,
    );
    const less = v2.map((answer, i) => (i % 3 === 0 ? { ...answer, correct: undefined } : answer));
    expect(words(v1, less)).toMatch(
      /^The feedback on v2 cannot be judged: 66.7 % of its answers have some, and 100 % of the baseline's; .*withheld: accuracy\.$/,
    );
  });

  it('says once how many rows two metrics have', () => {
    const scored = (version: string, right: number, by: number) =>
      answers(version, 2000, { right }).map((answer, i) => ({ ...answer, outcome: ((i * 7) % 10) + by }));
    expect(words(scored('v1', 850, 0), scored('v2', 950, 3))).toMatch(
      /^v2 is better: accuracy \+10\.0 points \[[^\]]+\], 4,000 rows with feedback, outcome \+3\.\d+ \[[^\]]+\]; /,
    );
  });

  it('says what the same rows show', () => {
    const cell = (only: [number, number]) => ({
      ...{ version: 'v1', against: 'v2', metric: 'paired' as const },
      ...{ n: new Float64Array(64).fill(10), sum: new Float64Array(64).fill(only[0]) },
      squares: new Float64Array(64).fill(only[1]),
    });
    const about = (only: [number, number]) => {
      const epoch = countedEpoch({ period: START, weights: { v1: 1, v2: 0 } }, []);
      return compareVersions(plan, [{ ...epoch, cells: [cell(only)] }], { from: START, now }).candidates[0]?.words;
    };
    expect(about([0, 1])).toBe(
      'v2 is better: of 640 same rows 64 : 0 right where the other is wrong; not enough data: accuracy, errors and slow answers.',
    );
    expect(about([0, 0])).toBe(
      'Not enough data to compare the accuracy of v2 and v1: 0 rows with feedback; no difference seen in the same rows; not enough data: errors and slow answers.',
    );
  });

  it('says which version has no rows', () => {
    expect(words(answers('v1', 500), [], {}, { v1: 1, v2: 0 })).toBe(
      'Not enough data to compare v2 and v1 yet: 0 rows with feedback of v2 and 500 of v1.',
    );
  });

  it('says rates that weigh each epoch alike in both versions', () => {
    // as many errors in both, and most requests of v2 in the bad hour
    const epochs = [
      countedEpoch({ id: 1, period: 1, weights: { v1: 90, v2: 10 } }, [
        ...answers('v1', 9000, { failed: 10 }),
        ...answers('v2', 1000, { failed: 10 }),
      ]),
      countedEpoch({ id: 2, period: 2, weights: { v1: 10, v2: 90 } }, [
        ...answers('v1', 1000, { failed: 110 }),
        ...answers('v2', 9000, { failed: 110 }),
      ]),
    ];
    const about = { ...plan, metric: 'errors' as const, margin: null };
    expect(compareVersions(about, epochs, { from: START, now }).candidates[0]?.words).toMatch(
      /^No difference between v2 and v1 is seen: errors in 6 % of requests, and 6 % of the baseline's, 1 times /,
    );
  });

  it.each([
    ['errors', /^Not enough data to compare v2 and v1 yet: 0 requests of v2 and 0 of v1\.$/],
    ['slow', /^Not enough data to compare v2 and v1 yet: what is slow is not known yet\.$/],
  ] as const)('is a sentence about %s before there are any', (metric, expected) => {
    expect(words([], [], { metric, slowLimit: null })).toMatch(expected);
  });

  it('begins with what an experiment is about', () => {
    const [v1, v2] = [answers('v1', 2000), answers('v2', 2000)];
    const some = [answers('v1', 5000, { failed: 10 }), answers('v2', 5000, { failed: 10 })] as const;
    expect(words(...some, { metric: 'errors', margin: 0.01 })).toMatch(
      /^v2 is equivalent to v1: errors in 1 % of requests, and 1 % of the baseline's, 1 times \[[^\]]+\], within ±1 point; /,
    );
    expect(words(v1, v2, { metric: 'slow', margin: null })).toMatch(
      /^No difference beyond the tolerance of 19 % between v2 and v1 is seen: slow answers in/,
    );
  });
});

describe('a comparison of versions', () => {
  it('divides alpha among the candidates', () => {
    const both = { v1: 1, v2: 1, v3: 1 };
    const epoch = countedEpoch({ period: START, weights: both }, [
      ...['v1', 'v2', 'v3'].flatMap((version) => answers(version, 500)),
    ]);
    const { alpha, candidates } = compareVersions({ ...plan, candidates: ['v2', 'v3'] }, [epoch], { from: START, now });
    expect([alpha, ...candidates.map((one) => one.alpha)]).toEqual([0.05, 0.025, 0.025]);
  });

  it('leaves out what another release answered', () => {
    const before = countedEpoch({ id: 1, period: START, weights, releases: { v1: A, v2: A } }, [
      ...answers('v1', 2000),
      ...answers('v2', 2000, { right: 500 }),
    ]);
    const after = countedEpoch({ id: 2, period: START, weights, releases: { v1: A, v2: B } }, [
      ...answers('v1', 2000),
      ...answers('v2', 2000),
    ]);
    const report = compareVersions({ ...plan, releases: { v1: A, v2: B } }, [before, after], { from: START, now });
    expect(report.epochs).toMatchObject([{ releases: { v1: A, v2: B } }]);
    expect(report.notes).toEqual(['What versions answered with other releases is left out.']);
    expect(report.candidates[0]).toMatchObject({ release: B, means: [{ candidate: { n: 2000 }, effect: 0 }] });
  });

  it('answers before the first request', () => {
    const report = compareVersions(plan, [], { from: START, now });
    expect(report).toMatchObject({ since: new Date(START).toISOString(), epochs: [] });
    expect(report.candidates[0]).toMatchObject({
      ...{ words: 'Not enough data to compare v2 and v1 yet: 0 rows with feedback.', p95: null, paired: null },
      checks: { sample_ratio: { status: 'not enough data' }, feedback: { rates: { baseline: null, candidate: null } } },
    });
  });
});
