import { statSync } from 'node:fs';
import type { FeedbackAnswer } from '@coppice/contract';
import type { FeedbackOptions } from './feedback-options.ts';
import { columnNames, type FeedbackItem, type Label, LabelsError, openLabels, readLabels } from './read-labels.ts';
import { sendBatch } from './send-batch.ts';
import { showProgress } from './show-progress.ts';
import { UnmatchedFile } from './unmatched-file.ts';

export type Totals = { rows: number; matched: number; new: number; changed: number; same: number; unmatched: number };

const BATCH_ROWS = 1000;
/** Below the gateway's bound for a body (`bodyLimits`), with room for what JSON escapes. */
const BATCH_BYTES = 384 * 1024;

type Sendable = Label & { item: FeedbackItem };
type Deps = { out: Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean }; wait?: (ms: number) => Promise<unknown> };

/** Sends the rows of the file in batches. Throws `LabelsError` and `GatewayError`; what was sent by then stays. */
export async function sendLabels(options: FeedbackOptions, { out, ...waiting }: Deps): Promise<Totals> {
  const totals: Totals = { rows: 0, matched: 0, new: 0, changed: 0, same: 0, unmatched: 0 };
  const size = sizeOf(options.data);
  const bytes = openLabels(options.data);
  const file = new UnmatchedFile(options.unmatched, columnNames(options));
  const progress = showProgress(size, out, () => ({ bytes: bytes.bytesRead, ...totals }));
  const refuse = ({ cells, line }: Label, reason: string) => {
    totals.unmatched++;
    file.add(cells, line, reason);
  };
  const send = async (batch: readonly Sendable[]) => {
    if (batch.length === 0) return;
    const items = batch.map(({ item }) => item);
    const answer = await sendBatch(items, { ...options, ...waiting });
    for (const { index, detail } of answer.unmatched ?? []) refuse(batch[index] as Sendable, detail);
    for (const one of answer.feedback) count(totals, one);
  };

  try {
    let batch: Sendable[] = [];
    let length = 0;
    for await (const label of readLabels(bytes, options)) {
      totals.rows++;
      if ('problem' in label) {
        refuse(label, label.problem);
        continue;
      }
      const added = Buffer.byteLength(JSON.stringify(label.item)) + 1;
      if (batch.length === BATCH_ROWS || length + added > BATCH_BYTES) {
        await send(batch);
        [batch, length] = [[], 0];
      }
      batch.push(label);
      length += added;
    }
    await send(batch);
    return totals;
  } finally {
    progress.stop();
    bytes.destroy();
    file.close();
  }
}

function count(totals: Totals, { replaced, counted, counted_outcome }: FeedbackAnswer['feedback'][number]): void {
  totals.matched++;
  const isNew = counted === 'new' || counted_outcome === 'new';
  totals[replaced ? 'changed' : isNew ? 'new' : 'same']++;
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (cause) {
    throw new LabelsError(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}
