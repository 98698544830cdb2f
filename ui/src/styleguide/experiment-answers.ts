import type {
  CandidateComparison,
  ComparisonReport,
  GuardrailView,
  MeanComparison,
  RiskComparison,
  RolloutReport,
  RolloutView,
} from '@coppice/contract';

/** Answers of `GET /comparison` and `GET /rollout` in states that real traffic reaches only after hours. */

const since = '2026-03-02T09:14:05.000Z';
const later = '2026-03-02T11:40:31.000Z';
const releases = { v1: 'a3f1c2d4e5b60718', v2: '9c41aa0bd27f3e55' };

export const accuracy: MeanComparison = {
  ...{ metric: 'accuracy', good: 'high', verdict: 'better', margin: 0.02 },
  ...{ baseline: { n: 5210, mean: 0.9082 }, candidate: { n: 5318, mean: 0.9311 } },
  ...{ effect: 0.0229, interval: [0.0058, 0.04], p: 0.0021, design_effect: 1.18 },
  still: { effect: 0.02, rows: 0, seconds: 0 },
};

export const cost: MeanComparison = {
  ...{ metric: 'cost', good: 'low', verdict: 'no difference seen', margin: null },
  ...{ baseline: { n: 5210, mean: 0.4132 }, candidate: { n: 5318, mean: 0.3987 } },
  ...{ effect: -0.0145, interval: [-0.041, 0.012], p: 0.44, design_effect: 1.05 },
  still: { effect: 0.02, rows: 8120, seconds: 40_400 },
};

const errors: RiskComparison = {
  ...{ metric: 'errors', good: 'low', verdict: 'worse', margin: null, limit_ms: null },
  ...{
    baseline: { n: 26_410, events: 52, rate: 52 / 26_410 },
    candidate: { n: 26_571, events: 214, rate: 214 / 26_571 },
  },
  ...{ ratio: 4.09, ratio_interval: [2.4, 7.3], difference: 0.0061, difference_interval: [0.0031, 0.0091] },
  ...{ design_effect: 1.4, log_e: 24.1, harm_log_e: 25.3 },
};

const slow: RiskComparison = {
  ...{ metric: 'slow', good: 'low', verdict: 'no difference seen', margin: null, limit_ms: 14.2 },
  ...{
    baseline: { n: 26_358, events: 1290, rate: 1290 / 26_358 },
    candidate: { n: 26_357, events: 1311, rate: 1311 / 26_357 },
  },
  ...{ ratio: 1.02, ratio_interval: [0.86, 1.2], difference: 0.0008, difference_interval: [-0.0069, 0.0085] },
  ...{ design_effect: 1.1, log_e: -3.2, harm_log_e: -2.9 },
};

export const candidate: CandidateComparison = {
  ...{ version: 'v2', release: releases.v2, alpha: 0.05 },
  words:
    "v2 is worse in errors and better in accuracy: errors in 0.81 % of requests, and 0.2 % of the baseline's, 4.09 times [2.4, 7.3], accuracy +2.3 points [+0.6, +4.0], 10,528 rows with feedback; no difference seen in cost and slow answers.",
  means: [accuracy, cost],
  risks: [errors, slow],
  p95: { baseline_ms: 14.2, candidate_ms: 15.5, ratio: 1.09, interval: [1.02, 1.17] },
  checks: {
    sample_ratio: { status: 'ok', log_e: -1.1, assigned: { baseline: 26_410, candidate: 26_571 }, expected: 26_490.5 },
    feedback: { status: 'ok', log_e: -0.4, rates: { baseline: 0.197, candidate: 0.2 }, tipping_point: 0.0286 },
  },
  paired: { rows: 812, candidate_right: 31, baseline_right: 4, log_e: 8.94, verdict: 'better' },
  first: [{ metric: 'accuracy', verdict: 'better', time: later, effect: 0.0301, interval: [0.0012, 0.059] }],
};

export const twoEpochs: ComparisonReport = {
  ...{ experiment: null, since, until: '2026-03-02T13:02:11.000Z', alpha: 0.05, baseline: 'v1', notes: [] },
  epochs: [
    { since, weights: { v1: 50, v2: 50 }, releases },
    { since: later, weights: { v1: 90, v2: 10 }, releases },
  ],
  candidates: [candidate],
};

/** Requests were not assigned by the weights, and one version's answers get feedback more often. */
export const alarms: ComparisonReport = {
  ...twoEpochs,
  candidates: [
    {
      ...candidate,
      words:
        "v2 cannot be judged: it was assigned 28,900 of 52,981 requests, and by the weights it should be 26,491; the feedback on v2 cannot be judged: 31 % of its answers have some, and 19.7 % of the baseline's; withheld: accuracy.",
      means: [{ ...accuracy, verdict: 'withheld' }],
      risks: [{ ...errors, verdict: 'withheld' }, slow],
      first: [],
      checks: {
        sample_ratio: {
          ...{ status: 'alarm', log_e: 31, expected: 26_490.5 },
          assigned: { baseline: 24_081, candidate: 28_900 },
        },
        feedback: { status: 'alarm', log_e: 9, rates: { baseline: 0.197, candidate: 0.31 }, tipping_point: 0.0332 },
      },
    },
  ],
};

const none = { n: 0, mean: null };
const noChecks = { status: 'not enough data', log_e: 0 } as const;

/** One epoch with requests and no feedback. */
export const noFeedback: ComparisonReport = {
  ...twoEpochs,
  epochs: twoEpochs.epochs.slice(0, 1),
  candidates: [
    {
      ...{ ...candidate, p95: null, paired: null, first: [] },
      words:
        'Not enough data to compare v2 and v1 yet: 0 rows with feedback; none seen: errors; not enough data: slow answers.',
      means: [
        {
          ...{ ...accuracy, verdict: 'not enough data', baseline: none, candidate: none },
          ...{ effect: null, interval: null, p: null, design_effect: null, still: null },
        },
      ],
      risks: [
        {
          ...{
            ...errors,
            verdict: 'nothing seen',
            baseline: { n: 120, events: 0, rate: 0 },
            candidate: { n: 118, events: 0, rate: 0 },
          },
          ...{ ratio: null, ratio_interval: null, difference: null, difference_interval: null, design_effect: null },
          ...{ log_e: 0, harm_log_e: 0 },
        },
      ],
      checks: {
        sample_ratio: { ...noChecks, assigned: { baseline: 120, candidate: 118 }, expected: 119 },
        feedback: { ...noChecks, rates: { baseline: 0, candidate: 0 }, tipping_point: null },
      },
    },
  ],
};

const guardrails: GuardrailView[] = [
  {
    ...{ name: 'errors', status: 'ok', log_e: 0.61, limit: 4.09, candidate: 0.0021, baseline: 0.0019 },
    ...{ difference: 0.0002, low: -0.004, high: 0.0044, n: { candidate: 612, baseline: 5508 } },
    words: 'errors: v2 0.21 % of 612 requests, v1 0.19 % of 5508 (evidence for harm 1.8 : 1, limit 60 : 1)',
  },
  {
    ...{ name: 'slow', status: 'ok', log_e: -1.2, limit: 4.09, candidate: 0.048, baseline: 0.049 },
    ...{ difference: -0.001, low: -0.028, high: 0.026, n: { candidate: 610, baseline: 5497 } },
    words: 'slow: v2 4.80 % of 610 answers, v1 4.90 % of 5497 (evidence for harm 0.3 : 1, limit 60 : 1)',
  },
  {
    ...{ name: 'accuracy', status: 'not enough data', log_e: null, limit: 4.09, candidate: null, baseline: null },
    ...{ difference: null, low: null, high: null, n: { candidate: 0, baseline: 0 } },
    words: 'accuracy: nothing to compare yet',
  },
];

const move = { who: 'rollout', state: 'running', paused_by: null } as const;

export const running: RolloutView = {
  ...{ version: 'v2', baseline: 'v1', state: 'running', paused_by: null, period: 7 },
  ...{ steps: [1, 5, 10, 25, 50], step: 2, step_period: 9, checks_period: 7, percent: 10, weights: { v1: 90, v2: 10 } },
  ...{ releases: { candidate: releases.v2, baseline: releases.v1 }, require: null },
  ...{ step_minutes: 5, step_requests: 100, max_step_hours: 24, guardrails: ['errors', 'slow', 'accuracy'] },
  ...{ who: 'admin', reason: 'more trees, see the offline report', started: since },
  moves: [
    { ...move, who: 'admin', time: since, percent: 1, reason: 'more trees, see the offline report' },
    {
      ...{ ...move, time: '2026-03-02T09:31:44.000Z', percent: 5 },
      reason:
        '1 % for 17 minutes with 104 requests: errors: v2 0.00 % of 104 requests, v1 0.18 % of 10291 (evidence for harm 0.5 : 1, limit 60 : 1); accuracy not judged: no feedback',
    },
    {
      ...{ ...move, time: '2026-03-02T09:36:51.000Z', percent: 10 },
      reason:
        '5 % for 5 minutes with 151 requests: errors: v2 0.39 % of 255 requests, v1 0.19 % of 13204 (evidence for harm 0.9 : 1, limit 60 : 1); accuracy not judged: no feedback',
    },
  ],
  look: {
    ...{
      time: '2026-03-02T09:40:00.000Z',
      next: '2026-03-02T09:40:10.000Z',
      held: null,
      waits: '3 minutes of 5 minutes',
    },
    ...{ step_seconds: 189, step_requests: 357, guardrails, failed: 1 },
    checks: { sample_ratio: { alarm: false, log_e: -0.9 }, feedback: { alarm: false, log_e: 0 } },
  },
  words: 'Running: v2 has 10 % of the traffic that it and v1 share, step 3 of 6; so far 3 minutes of 5 minutes.',
};

const look = running.look as NonNullable<RolloutView['look']>;

export const held: RolloutView = {
  ...running,
  words:
    'Running: v2 has 10 % of the traffic that it and v1 share, step 3 of 6; held: v2 is not ready: connect ECONNREFUSED.',
  look: { ...look, held: 'v2 is not ready: connect ECONNREFUSED', waits: null },
};

export const pausedBySelf: RolloutView = {
  ...running,
  ...{ state: 'paused', paused_by: 'self' },
  words: 'Paused at 10 %: requests are not assigned by the weights (ln E 12.4).',
  look: { ...look, checks: { ...look.checks, sample_ratio: { alarm: true, log_e: 12.4 } }, waits: null },
};

export const pausedByHuman: RolloutView = {
  ...running,
  ...{ state: 'paused', paused_by: 'human' },
  words: "Paused, with others' weights in force: admin changed the weights: half of the traffic for the demonstration.",
};

export const rolledBack: RolloutView = {
  ...running,
  ...{ state: 'rolled_back', percent: 0, weights: { v1: 100, v2: 0 } },
  words:
    'Rolled back: v2 has no traffic: errors violated: v2 2.41 % of 203 requests, v1 0.19 % of 5508 (evidence for harm 214 : 1, limit 60 : 1).',
  look: {
    ...look,
    waits: null,
    guardrails: [
      {
        ...(guardrails[0] as GuardrailView),
        ...{ status: 'violated', log_e: 5.37, candidate: 0.0241, difference: 0.0222, low: 0.006, high: 0.041 },
      },
      ...guardrails.slice(1),
    ],
  },
  moves: [
    ...running.moves,
    {
      ...{ time: '2026-03-02T09:41:10.000Z', who: 'rollout', state: 'rolled_back', paused_by: null, percent: 0 },
      reason: 'errors violated: v2 2.41 % of 203 requests, v1 0.19 % of 5508 (evidence for harm 214 : 1, limit 60 : 1)',
    },
  ],
};

export const done: RolloutView = {
  ...running,
  ...{ state: 'done', step: 5, percent: 100, weights: { v1: 0, v2: 100 } },
  words:
    'Done: v2 has all of the traffic that it and v1 share: 50 % for 5 minutes with 1,502 requests: accuracy not judged: no feedback.',
};

export const reportOf = (rollout: RolloutView | null, revision = 9): RolloutReport => ({ revision, rollout });
