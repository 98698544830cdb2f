import { z } from 'zod';

type ComparedMetric = {
  /** What one observation is. */
  unit: string;
  /** Which way is better; null: the setting OUTCOME_GOOD says. */
  good: 'high' | 'low' | null;
};

/** What versions are compared by. Report, metrics, CLI, OpenAPI and page read this table. */
export const comparedMetrics = {
  accuracy: { unit: 'row with feedback', good: 'high' },
  outcome: { unit: 'row with an outcome', good: null },
  log_loss: { unit: 'row with feedback', good: 'low' },
  cost: { unit: 'row with feedback', good: 'low' },
  errors: { unit: 'request', good: 'low' },
  slow: { unit: 'answered request', good: 'low' },
} as const satisfies Record<string, ComparedMetric>;

export type ComparedMetricName = keyof typeof comparedMetrics;
/** Metrics that are means of a number per row with feedback. */
export const meanMetrics = ['accuracy', 'outcome', 'log_loss', 'cost'] as const;
export type MeanMetric = (typeof meanMetrics)[number];
/** Metrics that are rates of rare events per request. */
export const riskMetrics = ['errors', 'slow'] as const;
export type RiskMetric = (typeof riskMetrics)[number];

/**
 * What a comparison may say. `nothing seen`: no event yet. `equivalent`: the interval lies within the margin. `withheld`: it
 * would be better or worse, but a check forbids to say so.
 */
export const comparisonVerdicts = [
  'not enough data',
  'nothing seen',
  'no difference seen',
  'equivalent',
  'better',
  'worse',
  'withheld',
] as const;
export const comparisonVerdict = z.enum(comparisonVerdicts);
export type ComparisonVerdict = z.infer<typeof comparisonVerdict>;

const interval = z.tuple([z.number(), z.number()]);

/** A mean per row, by version; differences are candidate − baseline, estimated within epochs, never pooled over them. */
export const meanComparison = z.object({
  metric: z.enum(meanMetrics),
  good: z.enum(['high', 'low']),
  verdict: comparisonVerdict,
  /**
   * Rows of the epochs in which both versions have some (else of all), and their mean with each epoch weighted alike in both,
   * so that the means differ by `effect`; null without rows.
   */
  baseline: z.object({ n: z.int(), mean: z.number().nullable() }),
  candidate: z.object({ n: z.int(), mean: z.number().nullable() }),
  effect: z.number().nullable(),
  /** Holds however often one looks, with probability 1 − alpha; null below the gate. */
  interval: interval.nullable(),
  p: z.number().nullable(),
  /** Rows of one user count as 1 / design_effect rows. */
  design_effect: z.number().nullable(),
  /** Differences within ± margin are equivalent; null: none is. */
  margin: z.number().nullable(),
  /** How long until a difference of `effect` shows in 80 % of such comparisons. */
  still: z
    .object({
      effect: z.number(),
      /** Rows with feedback, both versions together, that are still missing; 0: it would show by now. */
      rows: z.int(),
      /** At the rate of the last 24 hours; null: never at this traffic. */
      seconds: z.number().nullable(),
    })
    .nullable(),
});
export type MeanComparison = z.infer<typeof meanComparison>;

/** A rate of events per request, by version. */
export const riskComparison = z.object({
  metric: z.enum(riskMetrics),
  good: z.literal('low'),
  verdict: comparisonVerdict,
  /**
   * Requests and events of the epochs in which both versions have requests (else of all), and their rate with each epoch
   * weighted alike in both, so that the rates differ by `difference`; null without such an epoch.
   */
  baseline: z.object({ n: z.int(), events: z.int(), rate: z.number().nullable() }),
  candidate: z.object({ n: z.int(), events: z.int(), rate: z.number().nullable() }),
  /** Relative risk of the candidate; null while nothing is seen, or nothing of one of both: then an end of its interval is open (e^±12). */
  ratio: z.number().nullable(),
  ratio_interval: interval.nullable(),
  /** Difference of the rates, candidate − baseline. */
  difference: z.number().nullable(),
  difference_interval: interval.nullable(),
  design_effect: z.number().nullable(),
  /** Rates that differ within ± margin are equivalent; null: none are. */
  margin: z.number().nullable(),
  /** Natural logarithms of the evidence for any difference, and for harm by the candidate. */
  log_e: z.number(),
  harm_log_e: z.number(),
  /**
   * Of `slow`: an answer above it is slow. A difference of less than 19 % (2^(1/4)) is none: `worse`, and harm_log_e, count
   * answers of the candidate above 2^(1/4) × limit_ms only, and `better` those of the baseline.
   */
  limit_ms: z.number().nullable(),
});
export type RiskComparison = z.infer<typeof riskComparison>;

export const checkStatus = z.enum(['not enough data', 'ok', 'alarm']);

/** One candidate against the baseline. */
export const candidateComparison = z.object({
  version: z.string(),
  /** SHA-256 of what runs in it, or null. */
  release: z.string().nullable(),
  /** Level of each of its verdicts: alpha divided by the number of candidates. */
  alpha: z.number(),
  /** The answer in one sentence. Every surface says it in these words. */
  words: z.string(),
  means: z.array(meanComparison),
  risks: z.array(riskComparison),
  /** The 95th percentiles, with each epoch weighted alike in both versions; their ratio, candidate / baseline, is the one at limit_ms. */
  p95: z
    .object({
      baseline_ms: z.number(),
      candidate_ms: z.number(),
      ratio: z.number(),
      interval: interval.nullable(),
    })
    .nullable(),
  checks: z.object({
    /** Whether requests were assigned by the weights. */
    sample_ratio: z.object({
      status: checkStatus,
      log_e: z.number(),
      assigned: z.object({ baseline: z.int(), candidate: z.int() }),
      /** Expected assignments of the candidate by the weights of each epoch. */
      expected: z.number(),
    }),
    /** Whether answers of both versions get feedback equally often. */
    feedback: z.object({
      status: checkStatus,
      log_e: z.number(),
      /** Share of answered rows that have feedback, with each epoch weighted alike in both; null without answers of both. */
      rates: z.object({ baseline: z.number().nullable(), candidate: z.number().nullable() }),
      /** By how much predictions of the candidate without feedback would have to differ to undo the effect on accuracy; null: nothing could. */
      tipping_point: z.number().nullable(),
    }),
  }),
  /** Both versions' answers to the same rows, from a shadow; null where none has feedback. */
  paired: z
    .object({
      rows: z.int(),
      /** Rows where only the candidate, or only the baseline, was right. */
      candidate_right: z.int(),
      baseline_right: z.int(),
      log_e: z.number(),
      verdict: comparisonVerdict,
    })
    .nullable(),
  /** The first `better` or `worse` of each metric, kept with its numbers. The effect of a risk is the difference of its rates. */
  first: z.array(
    z.object({
      metric: z.string(),
      verdict: comparisonVerdict,
      time: z.iso.datetime(),
      effect: z.number(),
      interval: interval.nullable(),
    }),
  ),
});
export type CandidateComparison = z.infer<typeof candidateComparison>;

export const comparisonEpoch = z.object({
  since: z.iso.datetime(),
  weights: z.record(z.string(), z.int().nonnegative()),
  releases: z.record(z.string(), z.string().nullable()),
});

/** `GET /comparison`: the versions since the present weights and releases, or since an experiment began. */
export const comparisonReport = z.object({
  /** Of the named experiment, or null. */
  experiment: z.string().nullable(),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  alpha: z.number(),
  baseline: z.string(),
  /** Oldest first. Several: weights changed, and nothing is pooled over them. */
  epochs: z.array(comparisonEpoch),
  candidates: z.array(candidateComparison),
  /** Why there is nothing to compare, or what a reader has to know; empty otherwise. */
  notes: z.array(z.string()),
});
export type ComparisonReport = z.infer<typeof comparisonReport>;
