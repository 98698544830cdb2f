import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Source } from '@coppice/contract';
import { UnmatchedFeedbackError } from '../port/errors.ts';
import type {
  FeedbackItem,
  FeedbackOutcome,
  FeedbackResult,
  FeedbackRules,
  ShadowAnswers,
  Unmatched,
  UnmatchedWhy,
} from '../port/feedback.ts';
import { type Choice, chooseByReference, MOST_REFERENCED, type Referenced } from '../rows/choose-by-reference.ts';
import { readRowData } from '../rows/row-batch.ts';
import { uuidBytes, uuidText, uuidTime } from '../rows/uuid-v7.ts';
import { CellDeltas } from '../summaries/cell-deltas.ts';
import { FeedbackBatch } from '../summaries/feedback-batch.ts';
import { addPair, type KeptFeedback, type PairedRow, type PredictedRow } from '../summaries/feedback-cells.ts';
import type { SqliteCells } from './sqlite-cells.ts';

type Found = KeptFeedback &
  Pick<PredictedRow, 'version' | 'assigned' | 'class' | 'epoch' | 'bucket'> & {
    source: Source | null;
    data: Uint8Array;
    shadowVersion: string | null;
    shadowClass: string | null;
  };

/** Stores feedback and the shadow version's answers, and counts them. To be called in a transaction. */
export class SqliteFeedback {
  readonly #cells: SqliteCells;
  readonly #referenced: StatementSync;
  readonly #find: StatementSync;
  readonly #keep: StatementSync;
  readonly #confuse: StatementSync;
  readonly #keepShadow: StatementSync;
  readonly #findPaired: StatementSync;

  constructor(db: DatabaseSync, cells: SqliteCells) {
    this.#cells = cells;
    this.#referenced = db.prepare(`
      SELECT p.id, p.data FROM prediction p JOIN kind k ON k.id = p.kind
      WHERE p.reference = ? AND k.class IS NOT NULL ORDER BY p.id DESC LIMIT ${MOST_REFERENCED}`);
    this.#find = db.prepare(`
      SELECT k.version, k.assigned, k.source, k.class, p.data, p.epoch, p.bucket,
        f.actual, f.outcome, f.counted, f.cost, s.version AS shadowVersion, s.class AS shadowClass
      FROM prediction p JOIN kind k ON k.id = p.kind
      LEFT JOIN feedback f ON f.id = p.id LEFT JOIN shadow_answer s ON s.id = p.id
      WHERE p.id = ? AND k.class IS NOT NULL`);
    this.#keep = db.prepare(`
      INSERT OR REPLACE INTO feedback (id, actual, outcome, counted, cost, time) VALUES (?, ?, ?, ?, ?, ?)`);
    this.#confuse = db.prepare(`
      INSERT INTO confusion_summary (resolution, start, version, predicted, actual, n) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET n = n + excluded.n`);
    this.#keepShadow = db.prepare(`
      INSERT OR IGNORE INTO shadow_answer (id, version, class) SELECT id, ?2, ?3 FROM prediction WHERE id = ?1`);
    this.#findPaired = db.prepare(`
      SELECT k.version, k.assigned, k.source, k.class, p.epoch, p.bucket, f.actual
      FROM prediction p JOIN kind k ON k.id = p.kind JOIN feedback f ON f.id = p.id
      WHERE p.id = ? AND k.class IS NOT NULL AND f.actual IS NOT NULL`);
  }

  /** A failed prediction has no class to compare and counts as unknown. */
  add(items: readonly FeedbackItem[], rules: FeedbackRules, partial: boolean, now: number): FeedbackResult {
    const batch = new FeedbackBatch(rules);
    const outcomes: FeedbackOutcome[] = [];
    const unmatched: Unmatched[] = [];
    for (const [index, item] of items.entries()) {
      const row = this.#rowOf(item);
      if ('why' in row) unmatched.push({ index, ...row });
      else outcomes.push(batch.take(item, row));
    }
    if (unmatched.length > 0 && !partial) throw new UnmatchedFeedbackError(unmatched);
    for (const { id, actual, outcome, counted, cost } of batch.stored())
      this.#keep.run(uuidBytes(id), actual, outcome, counted, cost, now);
    for (const { resolution, start, version, predicted, actual, n } of batch.confusions())
      this.#confuse.run(resolution, start, version, predicted, actual, n);
    this.#cells.add(batch.cells);
    return { outcomes, unmatched };
  }

  /** Counts those that have feedback already; the others count when it comes. */
  addShadowAnswers({ ids, versions, classes }: ShadowAnswers): void {
    const cells = new CellDeltas();
    for (const [i, text] of ids.entries()) {
      const id = uuidBytes(text);
      const shadow = { version: versions[i] as string, class: classes[i] as string };
      if (this.#keepShadow.run(id, shadow.version, shadow.class).changes === 0) continue;
      const row = this.#findPaired.get(id) as (PairedRow & { actual: string }) | undefined;
      if (row) addPair(cells, row, shadow, row.actual, 1);
    }
    this.#cells.add(cells);
  }

  #rowOf(item: FeedbackItem): PredictedRow | UnmatchedWhy {
    const chosen = this.#choose(item);
    if ('why' in chosen) return chosen;
    const id = uuidBytes(chosen.id);
    const found = this.#find.get(id) as Found | undefined;
    if (!found) return { why: 'unknown' };
    const { actual, outcome, counted, cost, data, shadowVersion, shadowClass, ...row } = found;
    return {
      ...row,
      ...{ id: uuidText(id), time: uuidTime(id), probability: readRowData(data).probability },
      shadow: shadowVersion === null ? null : { version: shadowVersion, class: shadowClass as string },
      kept: { actual, outcome, counted, cost },
    };
  }

  #choose({ prediction_id, reference }: FeedbackItem): Choice {
    if (prediction_id !== undefined) return { id: prediction_id };
    const rows = this.#referenced.all(reference as string) as { id: Uint8Array; data: Uint8Array }[];
    return chooseByReference(rows.map(toReferenced));
  }
}

function toReferenced({ id, data }: { id: Uint8Array; data: Uint8Array }): Referenced {
  const { features, userHash } = readRowData(data);
  return { id: uuidText(id), time: uuidTime(id), content: JSON.stringify([features, userHash]) };
}
