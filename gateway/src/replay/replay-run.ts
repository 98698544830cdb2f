import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryPage, HistoryRow, ReplayView } from '@coppice/contract';
import { numbersNamed, type RowSchema } from '@coppice/serverkit';
import type { PredictionRecord } from '../record/record.ts';
import { StorageUnavailableError } from '../storage/port/errors.ts';
import type { HistoryQuery } from '../storage/port/record-store.ts';
import type { Version } from '../versions/version.ts';
import { ReplayTally } from './replay-tally.ts';
import { type AnsweredRow, type ReplayableRow, type ReplayedModel, replayableRow } from './replayable-row.ts';
import { sendRows } from './send-rows.ts';

export type ReplayedVersion = Pick<Version, 'name' | 'ready' | 'reason'> & {
  client: Pick<Version['client'], 'queuedRows'>;
  replayClient: Pick<Version['replayClient'], 'submit'>;
};

export type RunDeps = {
  record: Pick<PredictionRecord, 'history' | 'releases'>;
  versions: readonly ReplayedVersion[];
  catalog: {
    shape(): { schema: RowSchema; classes: readonly string[] } | null;
    release(version: string): string | null;
    /** Names of the features that a version cannot do without. */
    required(version: string): readonly string[];
  };
  /** Milliseconds of a monotonic clock. */
  ticks: () => number;
};

export type Plan = Pick<ReplayView, 'version' | 'release' | 'limit' | 'rate'> & {
  /** Milliseconds since the epoch. */
  since: number;
  until: number;
};

/** Rows of one read of the record: few, since they arrive on the thread that answers live requests. */
const PAGE = 200;
/** Batches a second and rows of one: many small ones, so that a live request never waits long behind one. */
const BATCHES_PER_SECOND = 20;
const MOST_BATCH = 64;
/** While live rows wait, a replay looks again so often, and goes on after so long all the same. */
const BUSY_MS = 5;
const MOST_BUSY_MS = 1000;
/** How long it waits for a version that is not ready, or a record that cannot be read. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 500;

/** A replay cannot go on, in words for an operator. */
export class ReplayFailedError extends Error {}

/** Runs recorded rows through a version, newest first, at bounded speed. */
export class ReplayRun {
  readonly tally: ReplayTally;
  /** Why it waits, or null. */
  held: string | null = null;
  readonly #plan: Plan;
  readonly #deps: RunDeps;
  readonly #version: ReplayedVersion;
  readonly #model: ReplayedModel;
  #looked = 0;
  #oldest: number;
  #at: number;
  #nextAt = 0;

  constructor(plan: Plan, version: ReplayedVersion, deps: RunDeps) {
    const { schema, classes } = deps.catalog.shape() ?? { schema: numbersNamed([]), classes: [] };
    const required = deps.catalog.required(plan.version);
    const inForce = new Map(deps.versions.map(({ name }) => [name, deps.catalog.release(name)]));
    this.#plan = plan;
    this.#deps = deps;
    this.#version = version;
    this.#model = { schema, classes, required };
    this.#oldest = plan.since;
    this.#at = plan.until;
    this.tally = new ReplayTally({
      classes,
      version: plan.version,
      release: plan.release,
      inForce: (name) => inForce.get(name) ?? null,
    });
  }

  /** 0–100, by the time of the rows looked at or by the limit, whichever is further. */
  get percent(): number {
    const { until, limit } = this.#plan;
    const byTime = until > this.#oldest ? (until - this.#at) / (until - this.#oldest) : 0;
    const byLimit = limit === null ? 0 : this.#looked / limit;
    return Math.round(1000 * Math.min(1, Math.max(byTime, byLimit))) / 10;
  }

  /** Resolves at the end of the period or the limit, or soon after `signal`. Throws `ReplayFailedError`. */
  async run(signal: AbortSignal): Promise<void> {
    const { since, until, limit } = this.#plan;
    const starts = await this.#patiently(() => this.#deps.record.releases(since, until), signal);
    if (starts && starts.length > 0) this.#oldest = Math.max(since, Math.min(...starts.map(({ first }) => first)));
    let cursor: string | null = null;
    do {
      const left: number = (limit ?? Number.POSITIVE_INFINITY) - this.#looked;
      const query: HistoryQuery = { since, until, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
      const page: HistoryPage | undefined = await this.#patiently(() => this.#deps.record.history(query), signal);
      if (!page || signal.aborted) return;
      await this.#replay(page.predictions.filter(isAnswered).slice(0, left), signal);
      cursor = page.next_cursor;
    } while (cursor !== null && this.#looked < (limit ?? Number.POSITIVE_INFINITY) && !signal.aborted);
    if (!signal.aborted) this.#at = this.#oldest;
  }

  async #replay(rows: readonly AnsweredRow[], signal: AbortSignal): Promise<void> {
    const size = Math.min(MOST_BATCH, Math.max(1, Math.round(this.#plan.rate / BATCHES_PER_SECOND)));
    for (let i = 0; i < rows.length && !signal.aborted; i += size) {
      const batch = rows.slice(i, i + size);
      const fitting: ReplayableRow[] = [];
      const reasons: string[] = [];
      for (const row of batch) {
        const fitted = replayableRow(row, this.#model);
        if ('why' in fitted) reasons.push(fitted.why);
        else fitting.push(fitted);
      }
      await this.#send(fitting, signal);
      if (signal.aborted) return;
      for (const why of reasons) this.tally.notReplayable(why);
      this.#looked += batch.length;
      this.#at = Date.parse((batch.at(-1) as HistoryRow).time);
    }
  }

  /** Sends rows again that did not reach the version: that is no answer of it. */
  async #send(rows: readonly ReplayableRow[], signal: AbortSignal): Promise<void> {
    const { ticks } = this.#deps;
    const since = ticks();
    for (let left = rows; left.length > 0 && !signal.aborted; ) {
      await this.#mayGo(left.length, signal);
      if (signal.aborted) return;
      left = await sendRows(left, this.#version, this.tally, this.#model.schema.names, ticks);
      if (left.length === 0) return;
      this.held = `${this.#version.name} cannot be reached`;
      if (ticks() - since >= PATIENCE_MS) throw new ReplayFailedError(this.held);
      await rest(RETRY_MS, signal);
    }
  }

  /** Waits until the next rows are due, the version is ready, and no live rows wait. */
  async #mayGo(rows: number, signal: AbortSignal): Promise<void> {
    const { ticks } = this.#deps;
    await rest(this.#nextAt - ticks(), signal);
    await this.#ready(signal);
    for (const since = ticks(); this.#busy() && ticks() - since < MOST_BUSY_MS && !signal.aborted; ) {
      this.held = 'live traffic waits';
      await rest(BUSY_MS, signal);
    }
    this.held = null;
    // what it could not send is not caught up with: that would be a burst
    this.#nextAt = Math.max(this.#nextAt, ticks() - 1000 / BATCHES_PER_SECOND) + (1000 * rows) / this.#plan.rate;
  }

  async #ready(signal: AbortSignal): Promise<void> {
    const { ticks, catalog } = this.#deps;
    const { name, release } = { name: this.#version.name, release: this.#plan.release };
    for (const since = ticks(); !this.#version.ready && !signal.aborted; ) {
      this.held = `${name} is not ready`;
      if (ticks() - since >= PATIENCE_MS)
        throw new ReplayFailedError(`${name} is not ready: ${this.#version.reason ?? 'no reason known'}`);
      await rest(RETRY_MS, signal);
    }
    if (catalog.release(name) !== release)
      throw new ReplayFailedError(`${name} serves another model than at the start`);
  }

  #busy(): boolean {
    return this.#deps.versions.some(({ client }) => client.queuedRows > 0);
  }

  /** What `read` resolves to, once the database is available; undefined after `signal`. */
  async #patiently<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    const { ticks } = this.#deps;
    for (const since = ticks(); !signal.aborted; ) {
      try {
        const found = await read();
        this.held = null;
        return found;
      } catch (error) {
        if (!(error instanceof StorageUnavailableError)) throw error;
        if (ticks() - since >= PATIENCE_MS) throw new ReplayFailedError('the record cannot be read', { cause: error });
        this.held = 'the record cannot be read';
        await rest(RETRY_MS, signal);
      }
    }
    return undefined;
  }
}

/** What visitors try on the page is no traffic. */
function isAnswered(row: HistoryRow): row is AnsweredRow {
  return row.class !== null && row.source !== 'page';
}

/** Ends early, without an error, when the replay is cancelled. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => {});
}
