import type { ComparisonReport } from '@coppice/contract';
import { candidate, twoEpochs } from './experiment-answers.ts';

/** v2 is better, and nothing speaks against it. */
export const winner: ComparisonReport = {
  ...twoEpochs,
  candidates: [
    {
      ...candidate,
      words:
        'v2 is better in accuracy: +2.3 points [+0.6, +4.0], 10,528 rows with feedback; no difference seen in cost, errors and slow answers.',
      risks: candidate.risks.map((risk) =>
        risk.metric === 'errors'
          ? {
              ...{ ...risk, verdict: 'no difference seen', candidate: { n: 26_571, events: 55, rate: 55 / 26_571 } },
              ...{
                ratio: 1.05,
                ratio_interval: [0.66, 1.68],
                difference: 0.0001,
                difference_interval: [-0.001, 0.0012],
              },
              ...{ log_e: -2.2, harm_log_e: -1.9 },
            }
          : risk,
      ),
    },
  ],
};
