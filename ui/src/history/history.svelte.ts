import type { HistoryPage, HistoryRow } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { ApiError } from '../gateway/api-error.ts';
import { Poll } from '../gateway/poll.svelte.ts';

export type Filters = { version: string; class: string; route: string; since: string };
const PAGE = '50';

/** The rows of the History route: the newest page, live or paused, and the older ones loaded so far. */
export class History {
  filters: Filters;
  following = $state(true);
  readonly newest = new Poll<HistoryPage>(
    (signal) => api.predictions({ ...this.filters, limit: PAGE }, { signal }),
    2000,
  );
  #older = $state.raw<HistoryRow[]>([]);
  #cursor = $state<string | null>(null);
  loading = $state(false);
  error = $state.raw<ApiError | null>(null);

  readonly rows = $derived([...(this.newest.value?.predictions ?? []), ...this.#older]);
  readonly more = $derived((this.#older.length ? this.#cursor : this.newest.value?.next_cursor) ?? null);

  constructor(filters: Filters) {
    this.filters = $state.raw(filters);
  }

  filter(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    this.#older = [];
    this.newest.reset();
  }

  /** Loads the next older page and pauses, since rows must not move under the reader. */
  async loadOlder(): Promise<void> {
    if (!this.more) return;
    this.following = false;
    this.loading = true;
    this.error = null;
    try {
      const page = await api.predictions({ ...this.filters, limit: PAGE, cursor: this.more });
      this.#older = [...this.#older, ...page.predictions];
      this.#cursor = page.next_cursor;
    } catch (error) {
      this.error = error instanceof ApiError ? error : new ApiError(0, String(error));
    }
    this.loading = false;
  }

  /** Shows feedback on a row without loading anything: rows must not move under the reader. */
  setActual(id: string, actual: string): void {
    const updated = (row: HistoryRow) => (row.prediction_id === id ? { ...row, actual } : row);
    const page = this.newest.value;
    if (page) this.newest.value = { ...page, predictions: page.predictions.map(updated) };
    this.#older = this.#older.map(updated);
  }

  follow(): void {
    this.#older = [];
    this.following = true;
  }
}
