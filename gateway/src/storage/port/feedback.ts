import type { FeedbackEffect, Source } from '@coppice/contract';

/** Feedback to a prediction, which it names by id or by reference; `actual` is a class by its name. */
export type FeedbackItem = { prediction_id?: string; reference?: string; actual?: string; outcome?: number };

/** Cost of a prediction by its actual and then by its predicted class; pairs that are not in it cost nothing. */
export type CostMatrix = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What feedback counts by, besides what it says. */
export type FeedbackRules = {
  /** The model's classes, in the order of probabilities. */
  classes: readonly string[];
  /** Null: no cost is counted. */
  costs: CostMatrix | null;
  /** Least and largest value that an outcome counts as; null: as it is. */
  outcomeRange: readonly [number, number] | null;
};

/** What an item of feedback did. */
export type FeedbackOutcome = {
  prediction_id: string;
  version: string;
  source: Source | null;
  /** Whether the prediction agrees with `actual`; null when the item has none. */
  correct: boolean | null;
  /** Whether it agreed with the earlier `actual`; null if there was none. */
  previous: boolean | null;
  /** What `actual` and `outcome` did; null for what the item does not have. */
  effect: FeedbackEffect | null;
  outcomeEffect: FeedbackEffect | null;
};

/** Why an item counts for no prediction. `ids`: of the several predictions with its reference, at most 20. */
export type UnmatchedWhy = { why: 'unknown' } | { why: 'ambiguous'; ids: readonly string[] };
export type Unmatched = { index: number } & UnmatchedWhy;

/** `outcomes`: in the order of the items, without the unmatched ones. */
export type FeedbackResult = { outcomes: FeedbackOutcome[]; unmatched: Unmatched[] };

/** Answers of a shadow version to recorded predictions; the columns have one value per answer. */
export type ShadowAnswers = { ids: readonly string[]; versions: readonly string[]; classes: readonly string[] };
