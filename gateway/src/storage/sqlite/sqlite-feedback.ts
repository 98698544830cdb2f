import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Source } from '@coppice/contract';
import { UnknownPredictionError } from '../port/errors.ts';
import type { FeedbackItem, FeedbackOutcome } from '../port/record-store.ts';
import { uuidBytes, uuidTime } from '../rows/uuid-v7.ts';
import { RESOLUTIONS } from '../summaries/cover-period.ts';

type Predicted = { version: string; source: Source | null; class: string | null; actual: string | null };

/** Stores the actual classes of predictions, and counts them into the confusion summaries. */
export class SqliteFeedback {
  readonly #find: StatementSync;
  readonly #keep: StatementSync;
  readonly #count: StatementSync;

  constructor(db: DatabaseSync) {
    this.#find = db.prepare(`
      SELECT k.version, k.source, k.class, f.actual FROM prediction p
      JOIN kind k ON k.id = p.kind LEFT JOIN feedback f ON f.id = p.id WHERE p.id = ?`);
    this.#keep = db.prepare(`
      INSERT INTO feedback (id, actual, time) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET actual = excluded.actual, time = excluded.time`);
    this.#count = db.prepare(`
      INSERT INTO confusion_summary (resolution, start, version, predicted, actual, n) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET n = n + excluded.n`);
  }

  /** To be called in a transaction. A failed prediction has no class to compare and counts as unknown. */
  add(items: readonly FeedbackItem[], now: number): FeedbackOutcome[] {
    const unknown: string[] = [];
    const outcomes: FeedbackOutcome[] = [];
    for (const { prediction_id, actual } of items) {
      const id = uuidBytes(prediction_id);
      const found = this.#find.get(id) as Predicted | undefined;
      if (!found || found.class === null) {
        unknown.push(prediction_id);
        continue;
      }
      const { version, source, class: predicted, actual: before } = found;
      if (before !== actual) {
        this.#keep.run(id, actual, now);
        for (const resolution of source === 'page' ? [] : RESOLUTIONS) {
          const start = Math.floor(uuidTime(id) / resolution) * resolution;
          this.#count.run(resolution, start, version, predicted, actual, 1);
          if (before !== null) this.#count.run(resolution, start, version, predicted, before, -1);
        }
      }
      const previous = before === null ? null : before === predicted;
      outcomes.push({
        ...{ prediction_id, version, source, correct: actual === predicted, previous },
        effect: before === null ? 'new' : before === actual ? 'same' : 'changed',
      });
    }
    if (unknown.length > 0) throw new UnknownPredictionError(unknown);
    return outcomes;
  }
}
