import type { HistoryPage, HistoryRow, HistoryTotal } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { ApiError } from '../gateway/api-error.ts';
import { Poll } from '../gateway/poll.svelte.ts';
import { type Filters, isSearch, queryOf } from './history-filters.ts';
import { mergeNewest } from './merge-newest.ts';

const LIVE_MS = 2000;
/** A search costs the gateway some 0.1 s. */
const SEARCH_MS = 10_000;
const FIRST_ROWS = '200';
const LIVE_ROWS = '50';
const OLDER_ROWS = '500';
/** A list that follows live begins anew beyond this. */
const MOST_FOLLOWED = 5000;
/** Pages without a match that one press searches: some seconds. */
const MOST_EMPTY = 20;

/** What rows must not move for: the visitor's own word, the pointer, the keyboard, an open row, an older part of the list. */
export type Hold = 'button' | 'pointer' | 'focus' | 'detail' | 'scroll';

/** The rows of the History route: live on top, older ones as far as they were looked at. */
export class History {
  filters: Filters;
  rows = $state.raw<HistoryRow[]>([]);
  total = $state.raw<HistoryTotal | null>(null);
  /** Rows that came since the list is held. */
  newer = $state.raw<HistoryTotal | null>(null);
  /** The time that a search has reached, if it has not found all that there is. */
  searchedTo = $state<string | null>(null);
  loading = $state(false);
  error = $state.raw<ApiError | null>(null);
  #cursor = $state<string | null>(null);
  #holds = $state.raw<ReadonlySet<Hold>>(new Set());
  /** Changes when older rows no longer follow on the list. */
  #list = 0;
  #askedAt = 0;
  /** The next answer is a new list. */
  #anew = false;

  readonly held = $derived(this.#holds.size > 0);
  readonly paused = $derived(this.#holds.has('button'));
  readonly more = $derived(this.#cursor !== null);
  readonly newest = new Poll<{ rows: number }>((signal) => this.#ask(signal), LIVE_MS, { on: 'requests' });

  constructor(filters: Filters) {
    this.filters = $state.raw(filters);
  }

  show(filters: Filters): void {
    if (JSON.stringify(queryOf(filters)) === JSON.stringify(queryOf(this.filters))) {
      this.filters = filters;
      return;
    }
    this.filters = filters;
    this.#begin();
    this.newest.reset();
  }

  /** Shows the newest rows once, whatever the list is held for. */
  showNewest(): Promise<void> {
    this.#anew = true;
    return this.newest.refresh();
  }

  hold(why: Hold, on: boolean): void {
    if (this.#holds.has(why) === on) return;
    const holds = new Set(this.#holds);
    if (on) holds.add(why);
    else holds.delete(why);
    this.#holds = holds;
    if (holds.size > 0 || this.newest.value === null) return;
    this.#askedAt = 0;
    void this.newest.refresh();
  }

  /** Loads the next older rows. A search goes on until it finds some, or has looked at some pages. */
  async loadOlder(): Promise<void> {
    if (this.#cursor === null || this.loading) return;
    const list = this.#list;
    this.loading = true;
    this.error = null;
    try {
      for (let empty = 0; this.#cursor !== null && empty < MOST_EMPTY; empty++) {
        const page = await api.predictions({ ...queryOf(this.filters), limit: OLDER_ROWS, cursor: this.#cursor });
        if (list !== this.#list) return;
        this.rows = [...this.rows, ...page.predictions];
        this.#follow(page);
        if (page.predictions.length > 0) break;
      }
    } catch (error) {
      if (list !== this.#list) return;
      this.error = error instanceof ApiError ? error : new ApiError(0, String(error));
    }
    this.loading = false;
  }

  /** Shows feedback on a row without loading anything: rows must not move under the reader. */
  setActual(id: string, actual: string): void {
    this.rows = this.rows.map((row) => (row.prediction_id === id ? { ...row, actual } : row));
  }

  async #ask(signal: AbortSignal): Promise<{ rows: number }> {
    const { filters } = this;
    const top = this.#anew ? undefined : this.rows[0];
    const asked = queryOf(filters);
    if (top && this.held) {
      const page = await api.predictions({ ...asked, after: top.prediction_id, limit: '1', count: 'true' }, { signal });
      if (this.held && !signal.aborted) this.newer = page.total ?? null;
    } else if (!top || !isSearch(filters) || Date.now() - this.#askedAt >= SEARCH_MS) {
      const page = await api.predictions({ ...asked, limit: top ? LIVE_ROWS : FIRST_ROWS, count: 'true' }, { signal });
      // meanwhile the visitor may have begun to read
      if (!signal.aborted && !(top && this.held)) this.#take(page);
      this.#askedAt = Date.now();
    }
    return { rows: this.rows.length };
  }

  #take(page: HistoryPage): void {
    const merged = this.#anew || this.rows.length === 0 ? null : mergeNewest(this.rows, page);
    this.total = page.total ?? null;
    this.newer = null;
    if (merged && merged.length <= MOST_FOLLOWED) {
      this.rows = merged;
      if (page.next_cursor === null) this.#follow(page);
      return;
    }
    this.#begin();
    this.rows = page.predictions;
    this.total = page.total ?? null;
    this.#follow(page);
  }

  #begin(): void {
    this.#list++;
    this.#anew = false;
    this.#askedAt = 0;
    this.rows = [];
    this.total = null;
    this.newer = null;
    this.loading = false;
    this.error = null;
    this.#cursor = null;
    this.searchedTo = null;
  }

  #follow(page: HistoryPage): void {
    this.#cursor = page.next_cursor;
    this.searchedTo = page.searched_to ?? null;
  }
}
