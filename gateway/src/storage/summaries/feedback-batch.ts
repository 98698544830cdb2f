import type { FeedbackEffect } from '@coppice/contract';
import type { FeedbackItem, FeedbackOutcome, FeedbackRules } from '../port/feedback.ts';
import { CellDeltas } from './cell-deltas.ts';
import { RESOLUTIONS } from './cover-period.ts';
import { type KeptFeedback, type PredictedRow, takeIn } from './feedback-cells.ts';

export type ConfusionDelta = {
  resolution: number;
  start: number;
  version: string;
  predicted: string;
  actual: string;
  n: number;
};
/** Feedback as it is to be stored. */
export type StoredFeedback = KeptFeedback & { id: string };

/** Adds up what a batch of feedback changes, to be written in one transaction. Later items replace earlier ones. */
export class FeedbackBatch {
  readonly cells = new CellDeltas();
  readonly #rules: FeedbackRules;
  readonly #confusions = new Map<string, ConfusionDelta>();
  readonly #stored = new Map<string, StoredFeedback>();

  constructor(rules: FeedbackRules) {
    this.#rules = rules;
  }

  /** Takes an item in. `found` is the row as the database has it, with the feedback that is stored. */
  take(item: FeedbackItem, found: PredictedRow): FeedbackOutcome {
    const before: KeptFeedback = this.#stored.get(found.id) ?? found.kept;
    const after = this.#replaced(before, item, found);
    if (!same(before, after)) {
      this.#stored.set(found.id, { id: found.id, ...after });
      takeIn(this.cells, found, before, this.#rules, -1);
      takeIn(this.cells, found, after, this.#rules, 1);
      if (before.actual !== after.actual) {
        this.#confuse(found, before.actual, -1);
        this.#confuse(found, after.actual, 1);
      }
    }
    const given = item.actual !== undefined;
    return {
      prediction_id: item.prediction_id ?? found.id,
      version: found.version,
      source: found.source,
      correct: given ? item.actual === found.class : null,
      previous: before.actual === null ? null : before.actual === found.class,
      effect: given ? effectOf(before.actual, item.actual) : null,
      outcomeEffect: item.outcome === undefined ? null : effectOf(before.outcome, item.outcome),
    };
  }

  /** What is to be stored, one per prediction, by id. */
  stored(): StoredFeedback[] {
    return [...this.#stored.keys()].sort().map((id) => this.#stored.get(id) as StoredFeedback);
  }

  /** In one order everywhere, so that two gateways that add to the same counts cannot deadlock. */
  confusions(): ConfusionDelta[] {
    const keys = [...this.#confusions.keys()].sort();
    return keys.map((key) => this.#confusions.get(key) as ConfusionDelta).filter(({ n }) => n !== 0);
  }

  #replaced(before: KeptFeedback, { actual, outcome }: FeedbackItem, { class: predicted }: PredictedRow): KeptFeedback {
    const { costs, outcomeRange } = this.#rules;
    const kept = { ...before };
    if (actual !== undefined) {
      kept.actual = actual;
      kept.cost = costs === null ? null : costOf(costs, actual, predicted);
    }
    if (outcome !== undefined) {
      // -0 is 0: a database may lose the sign
      kept.outcome = outcome + 0;
      const [least, most] = outcomeRange ?? [kept.outcome, kept.outcome];
      kept.counted = Math.min(Math.max(kept.outcome, least), most);
    }
    return kept;
  }

  #confuse({ source, time, version, class: predicted }: PredictedRow, actual: string | null, n: number): void {
    if (actual === null || source === 'page') return;
    for (const resolution of RESOLUTIONS) {
      const start = Math.floor(time / resolution) * resolution;
      const key = JSON.stringify([resolution, start, version, predicted, actual]);
      const delta = { resolution, start, version, predicted, actual, n: 0 };
      this.#confusions.getOrInsertComputed(key, () => delta).n += n;
    }
  }
}

function costOf(costs: NonNullable<FeedbackRules['costs']>, actual: string, predicted: string): number {
  const row = Object.hasOwn(costs, actual) ? (costs[actual] as Record<string, number>) : {};
  return Object.hasOwn(row, predicted) ? (row[predicted] as number) : 0;
}

function same(a: KeptFeedback, b: KeptFeedback): boolean {
  return a.actual === b.actual && a.outcome === b.outcome && a.counted === b.counted && a.cost === b.cost;
}

function effectOf<T>(before: T | null, after: T | undefined): FeedbackEffect {
  if (before === null) return 'new';
  return before === after ? 'same' : 'changed';
}
