import type { CandidateComparison } from '@coppice/contract';
import { accuracy, alarms, candidate, noFeedback, twoEpochs } from './experiment-answers.ts';

const only = (words: string, means: CandidateComparison['means']): CandidateComparison => ({
  ...{ ...candidate, words, means, risks: [], p95: null, paired: null, first: [] },
});

/** What a comparison may say, each with the report that says it. */
export const verdicts: Record<string, CandidateComparison> = {
  better: only('v2 is better: accuracy +2.3 points [+0.6, +4.0], 10,528 rows with feedback.', [accuracy]),
  'worse, with all figures': candidate,
  'better by 1 point, a narrow interval': only('v2 is better: accuracy +1.0 points [+0.8, +1.2], 92,011 rows.', [
    { ...accuracy, effect: 0.01, interval: [0.008, 0.012] },
  ]),
  'undecided by 30 points, a wide interval': only(
    'No difference between v2 and v1 is seen: accuracy −10.1 points [−40.4, +30.2], 200 rows with feedback.',
    [
      {
        ...{ ...accuracy, verdict: 'no difference seen', effect: -0.101, interval: [-0.404, 0.302], p: 1 },
        ...{ baseline: { n: 124, mean: 0.798 }, candidate: { n: 76, mean: 0.697 } },
        still: { effect: 0.02, rows: 39_152, seconds: 1260 },
      },
    ],
  ),
  'too little': noFeedback.candidates[0] as CandidateComparison,
  withheld: alarms.candidates[0] as CandidateComparison,
};

export { twoEpochs as report };
