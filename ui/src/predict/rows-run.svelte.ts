import type { FeatureValue, PredictionBatch } from '@coppice/contract';
import { ApiError } from '../gateway/api-error.ts';
import { rowBatches } from './row-batches.ts';
import type { RowAnswer } from './rows-csv.ts';

type Named = Record<string, FeatureValue>;
type Ask = (rows: Named[], signal: AbortSignal) => Promise<PredictionBatch>;

/** Predicts many rows, a batch after another; what is done stays when a batch fails or the visitor stops, and it can go on. */
export class RowsRun {
  answers = $state.raw<RowAnswer[]>([]);
  running = $state(false);
  error = $state('');
  readonly done = $derived(this.answers.length);

  readonly #rows: readonly Named[];
  readonly #ask: Ask;
  #stop: AbortController | null = null;

  constructor(rows: readonly Named[], ask: Ask) {
    this.#rows = rows;
    this.#ask = ask;
  }

  get finished(): boolean {
    return this.done === this.#rows.length;
  }

  async go(): Promise<void> {
    if (this.running) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.running = true;
    this.error = '';
    for (const batch of rowBatches(this.#rows.slice(this.done))) {
      const first = this.done + 1;
      try {
        const { predictions, model_version } = await this.#ask(batch, stop.signal);
        this.answers = [...this.answers, ...predictions.map((one) => ({ ...one, model_version }))];
      } catch (thrown) {
        const why = thrown instanceof ApiError ? thrown.message : 'The answer could not be read.';
        if (!stop.signal.aborted) this.error = `Rows ${first} to ${first + batch.length - 1} are not predicted: ${why}`;
        break;
      }
      if (stop.signal.aborted) break;
    }
    this.running = false;
  }

  stop(): void {
    this.#stop?.abort();
  }
}
