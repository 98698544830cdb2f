import type { Source } from '@coppice/contract';
import type { PoolClient } from 'pg';
import { UnmatchedFeedbackError } from '../port/errors.ts';
import type {
  FeedbackItem,
  FeedbackOutcome,
  FeedbackResult,
  FeedbackRules,
  ShadowAnswers,
  Unmatched,
} from '../port/feedback.ts';
import { type Choice, chooseByReference, MOST_REFERENCED, type Referenced } from '../rows/choose-by-reference.ts';
import { uuidBytes, uuidTime } from '../rows/uuid-v7.ts';
import { CellDeltas } from '../summaries/cell-deltas.ts';
import { FeedbackBatch, type StoredFeedback } from '../summaries/feedback-batch.ts';
import { addPair, type KeptFeedback, type PairedRow, type PredictedRow } from '../summaries/feedback-cells.ts';
import { addCells } from './postgres-cells.ts';
import { type StoredValues, valuesOf } from './stored-values.ts';

type Found = KeptFeedback &
  Pick<PredictedRow, 'id' | 'version' | 'assigned' | 'class' | 'probability' | 'epoch' | 'bucket'> & {
    source: Source | null;
    shadow_version: string | null;
    shadow_class: string | null;
  };

/**
 * Feedback shares this lock, and a shadow version's answers hold it alone: else each could miss what the other writes at
 * the same moment, and no one would count the pair.
 */
export const PAIRS_LOCK = 0x0c0991cf;

/** Stores feedback and counts it, in a transaction. A failed prediction has no class to compare and counts as unknown. */
export async function addFeedback(
  client: PoolClient,
  items: readonly FeedbackItem[],
  rules: FeedbackRules,
  { partial, now }: { partial: boolean; now: number },
): Promise<FeedbackResult> {
  await client.query('SELECT pg_advisory_xact_lock_shared($1)', [PAIRS_LOCK]);
  const referenced = await findReferenced(client, items);
  const choices = items.map((item) => choose(item, referenced));
  const found = await lockAndFind(client, [...new Set(choices.flatMap((one) => ('id' in one ? [one.id] : [])))].sort());

  const batch = new FeedbackBatch(rules);
  const outcomes: FeedbackOutcome[] = [];
  const unmatched: Unmatched[] = [];
  for (const [index, item] of items.entries()) {
    const choice = choices[index] as Choice;
    const row = 'id' in choice ? found.get(choice.id) : undefined;
    if (row) outcomes.push(batch.take(item, row));
    else unmatched.push({ index, ...('why' in choice ? choice : { why: 'unknown' }) });
  }
  if (unmatched.length > 0 && !partial) throw new UnmatchedFeedbackError(unmatched);
  await keep(client, batch.stored(), now);
  await confuse(client, batch);
  await addCells(client, batch.cells);
  return { outcomes, unmatched };
}

/** Stores answers, and counts those that have feedback already; the others count when it comes. In a transaction. */
export async function addShadowAnswers(client: PoolClient, answers: ShadowAnswers): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [PAIRS_LOCK]);
  const { rows } = await client.query<PairedRow & { shadow_version: string; shadow_class: string; actual: string }>(
    `WITH added AS (
       INSERT INTO coppice.shadow_answer (id, version, class)
       SELECT a.id, a.version, a.class FROM unnest($1::uuid[], $2::text[], $3::text[]) AS a (id, version, class)
       JOIN coppice.prediction p ON p.id = a.id
       ON CONFLICT DO NOTHING RETURNING id, version, class)
     SELECT k.version, k.assigned, k.source, k.class, p.epoch, p.bucket, f.actual,
       a.version AS shadow_version, a.class AS shadow_class
     FROM added a JOIN coppice.prediction p ON p.id = a.id JOIN coppice.kind k ON k.id = p.kind
     JOIN coppice.feedback f ON f.id = a.id
     WHERE k.class IS NOT NULL AND f.actual IS NOT NULL`,
    [answers.ids, answers.versions, answers.classes],
  );
  const cells = new CellDeltas();
  for (const { shadow_version: version, shadow_class, actual, ...row } of rows)
    addPair(cells, row, { version, class: shadow_class }, actual, 1);
  await addCells(client, cells);
}

function choose({ prediction_id, reference }: FeedbackItem, referenced: ReadonlyMap<string, Referenced[]>): Choice {
  if (prediction_id !== undefined) return { id: prediction_id.toLowerCase() };
  return chooseByReference(referenced.get(reference as string) ?? []);
}

/** The answered predictions with each reference, newest first. */
async function findReferenced(client: PoolClient, items: readonly FeedbackItem[]): Promise<Map<string, Referenced[]>> {
  const references = [...new Set(items.flatMap(({ reference }) => reference ?? []))];
  if (references.length === 0) return new Map();
  const { rows } = await client.query<StoredValues & { reference: string; id: string; user_hash: string | null }>(
    `SELECT p.reference, p.id, p.features, p.texts, p.flags, p.user_hash FROM unnest($1::text[]) AS r (reference)
     CROSS JOIN LATERAL (
       SELECT q.* FROM coppice.prediction q JOIN coppice.kind k ON k.id = q.kind
       WHERE q.reference = r.reference AND k.class IS NOT NULL ORDER BY q.id DESC LIMIT ${MOST_REFERENCED}) p`,
    [references],
  );
  const found = new Map<string, Referenced[]>();
  for (const { reference, id, user_hash, ...values } of rows) {
    const content = JSON.stringify([valuesOf(values), user_hash]);
    found.getOrInsertComputed(reference, () => []).push({ id, time: uuidTime(uuidBytes(id)), content });
  }
  for (const all of found.values()) all.sort((a, b) => (a.id < b.id ? 1 : -1));
  return found;
}

/** The answered predictions of these ids, which must be sorted. */
async function lockAndFind(client: PoolClient, ids: readonly string[]): Promise<Map<string, PredictedRow>> {
  // Two gateways must not both count the same feedback: this locks the rows, in one order everywhere, and only the next
  // statement sees what the gateway that held the locks before has written.
  await client.query('SELECT FROM coppice.prediction WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE', [ids]);
  const { rows } = await client.query<Found>(
    `SELECT p.id, k.version, k.assigned, k.source, k.class, p.probability, p.epoch, p.bucket,
       f.actual, f.outcome, f.counted, f.cost, s.version AS shadow_version, s.class AS shadow_class
     FROM coppice.prediction p JOIN coppice.kind k ON k.id = p.kind
     LEFT JOIN coppice.feedback f ON f.id = p.id LEFT JOIN coppice.shadow_answer s ON s.id = p.id
     WHERE p.id = ANY ($1::uuid[]) AND k.class IS NOT NULL`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, toPredictedRow(row)]));
}

function toPredictedRow(found: Found): PredictedRow {
  const { actual, outcome, counted, cost, shadow_version: version, shadow_class, ...row } = found;
  return {
    ...row,
    time: uuidTime(uuidBytes(row.id)),
    shadow: version === null ? null : { version, class: shadow_class as string },
    kept: { actual, outcome, counted, cost },
  };
}

async function keep(client: PoolClient, stored: readonly StoredFeedback[], now: number): Promise<void> {
  if (stored.length === 0) return;
  await client.query(
    `INSERT INTO coppice.feedback (id, actual, outcome, counted, cost, time)
     SELECT f.*, $6 FROM unnest($1::uuid[], $2::text[], $3::float8[], $4::float8[], $5::float8[])
       AS f (id, actual, outcome, counted, cost)
     ON CONFLICT (id) DO UPDATE SET actual = excluded.actual, outcome = excluded.outcome, counted = excluded.counted,
       cost = excluded.cost, time = excluded.time`,
    [...(['id', 'actual', 'outcome', 'counted', 'cost'] as const).map((name) => stored.map((one) => one[name])), now],
  );
}

async function confuse(client: PoolClient, batch: FeedbackBatch): Promise<void> {
  const counts = batch.confusions();
  if (counts.length === 0) return;
  const columns = ['resolution', 'start', 'version', 'predicted', 'actual', 'n'] as const;
  await client.query(
    `INSERT INTO coppice.confusion_summary AS s (resolution, start, version, predicted, actual, n)
     SELECT * FROM unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[])
     ON CONFLICT (resolution, start, version, predicted, actual) DO UPDATE SET n = s.n + excluded.n`,
    columns.map((name) => counts.map((count) => count[name])),
  );
}
