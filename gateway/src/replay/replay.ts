import { randomUUIDv7 } from 'node:crypto';
import type { ReplaySummary, ReplayView } from '@coppice/contract';
import type { Logger } from 'pino';
import type { DocumentStore } from '../storage/port/comparison-store.ts';
import { StorageUnavailableError } from '../storage/port/errors.ts';
import { InvalidReplayError, ReplayConflictError, UnknownReplayError } from './replay-errors.ts';
import { proveReplay } from './replay-proof.ts';
import { type Plan, ReplayFailedError, ReplayRun, type RunDeps } from './replay-run.ts';
import { REPLAYS, readReplay } from './stored-replays.ts';

/** Kept results. */
const KEPT = 50;
const LEASE = 'replay';
/** How often a replay under way is stored and its lease renewed, and after how long without that it is taken for dead. */
const BEAT_MS = 5_000;
const DEAD_MS = 30_000;

export type ReplayRequest = {
  version: string;
  /** Milliseconds since the epoch. */
  since: number;
  until?: number | undefined;
  limit?: number | undefined;
  rate: number;
  reason: string;
};

type Deps = RunDeps & {
  documents: DocumentStore;
  /** Lets one of several gateways on a database run a replay. */
  leases: { hold(job: string, ms: number): Promise<boolean>; release(job: string): Promise<void> };
  /** Other gateways may use the database. */
  shared: boolean;
  /** Milliseconds since the epoch. */
  now: () => number;
  log: Pick<Logger, 'info' | 'warn'>;
};

type Running = { view: ReplayView; run: ReplayRun; controller: AbortController; ended: Promise<void> };

/**
 * Runs recorded rows through a version that needs no traffic, one replay at a time, and keeps the last 50 results. Rows go
 * through a client of their own: they are neither recorded nor counted, and no live row waits behind them.
 */
export class Replay {
  readonly #deps: Deps;
  #running: Running | null = null;
  #starting = false;
  #stopped = false;
  /** Ended, and not stored yet. */
  #unstored: ReplayView | null = null;
  #storing: Promise<void> | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Starts a replay and returns it. Throws `InvalidReplayError`, `ReplayConflictError` (one runs, or the version is not
   * ready) and `StorageUnavailableError`.
   */
  async start(request: ReplayRequest, who: string): Promise<ReplayView> {
    const { now, catalog, versions } = this.#deps;
    const version = versions.find(({ name }) => name === request.version);
    const names = versions.map(({ name }) => name).join(', ');
    if (!version) throw new InvalidReplayError(['version'], `must be one of ${names}`);
    const until = request.until ?? now();
    if (request.since >= until) throw new InvalidReplayError(['since'], 'must be a time before until');
    if (!version.ready)
      throw new ReplayConflictError(`Version ${version.name} is not ready: ${version.reason ?? 'no answer yet'}.`);
    // what has just ended gives its lease back
    await this.#storing;
    const id = this.#running?.view.id;
    if (id !== undefined || this.#starting || this.#stopped)
      throw new ReplayConflictError(id === undefined ? 'Another replay starts just now.' : `Replay ${id} runs.`);
    this.#starting = true;
    try {
      if (this.#unstored) await this.#store();
      if (this.#unstored) throw new StorageUnavailableError('the last replay is not stored yet');
      await this.#takeLease();
      await this.#endOrphans();
      const { since, limit = null, rate, reason } = request;
      const plan = { version: version.name, release: catalog.release(version.name), since, until, limit, rate };
      const run = new ReplayRun(plan, version, this.#deps);
      const view = newView(plan, { run, who, reason, now: now() });
      await this.#deps.documents.put(REPLAYS, view.id, view);
      if (this.#stopped) throw new ReplayConflictError('The gateway stops.');
      const controller = new AbortController();
      const running: Running = { view, run, controller, ended: Promise.resolve() };
      running.ended = this.#run(running);
      this.#running = running;
      return this.#shown(running);
    } finally {
      this.#starting = false;
    }
  }

  /** The last ones, newest first. Rejects with `StorageUnavailableError`. */
  async list(): Promise<ReplaySummary[]> {
    return (await this.#all()).map(({ disagreements: _, ...summary }) => summary);
  }

  /** Throws `UnknownReplayError`. */
  async find(id: string): Promise<ReplayView> {
    const here = this.#here();
    if (here?.id === id) return here;
    const found = UUID.test(id) ? readReplay(await this.#deps.documents.get(REPLAYS, id)) : null;
    if (found) return this.#settled(found);
    throw new UnknownReplayError(`There is no replay ${id}; the last ${KEPT} are kept.`);
  }

  /** Ends a replay early; its result so far is kept. On another gateway it ends within seconds. */
  async cancel(id: string, who: string): Promise<ReplayView> {
    const found = await this.find(id);
    if (found.state !== 'running') throw new ReplayConflictError(`Replay ${id} has ended: ${found.state}.`);
    const running = this.#running;
    if (running?.view.id !== id) {
      await this.#deps.documents.put(CANCELS, id, who);
      return found;
    }
    this.#end(running, 'cancelled', `${who} cancelled it`);
    await running.ended;
    return this.find(id);
  }

  /** Ends the one under way, since its gateway stops. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#running) this.#end(this.#running, 'failed', STOPPED);
    await this.#running?.ended;
    await this.#storing;
  }

  async #run(running: Running): Promise<void> {
    const { run, controller, view } = running;
    const { log, now } = this.#deps;
    let lastBeat = Promise.resolve();
    const beat = setInterval(() => {
      lastBeat = this.#beat(running).catch(() => {});
    }, BEAT_MS);
    log.info({ replay: view.id, version: view.version, rate: view.rate }, 'replay started');
    try {
      await run.run(controller.signal);
      if (!controller.signal.aborted) this.#end(running, 'done', null);
    } catch (error) {
      if (!(error instanceof ReplayFailedError)) log.warn({ err: error, replay: view.id }, 'replay failed');
      const reason = error instanceof ReplayFailedError ? error.message : 'an error in the gateway, which its log has';
      this.#end(running, 'failed', reason);
    } finally {
      clearInterval(beat);
    }
    // PostgreSQL may carry out the later of two writes first
    await lastBeat;
    Object.assign(view, { ended: new Date(now()).toISOString() });
    this.#unstored = this.#shown(running);
    this.#running = null;
    const { state, end_reason, rows } = this.#unstored;
    log.info({ replay: view.id, state, reason: end_reason, rows }, 'replay ended');
    await this.#store();
  }

  /** The first end counts. */
  #end({ view, controller }: Running, state: ReplayView['state'], reason: string | null): void {
    if (view.state !== 'running') return;
    Object.assign(view, { state, end_reason: reason });
    controller.abort();
  }

  async #beat(running: Running): Promise<void> {
    const { documents, leases, shared } = this.#deps;
    const { view } = running;
    if (shared && !(await leases.hold(LEASE, DEAD_MS)))
      return this.#end(running, 'failed', 'another gateway took over while the database was away');
    const cancelled = await documents.get(CANCELS, view.id);
    if (typeof cancelled === 'string') this.#end(running, 'cancelled', `${cancelled} cancelled it`);
    if (view.state === 'running') await documents.put(REPLAYS, view.id, this.#shown(running));
  }

  #store(): Promise<void> {
    this.#storing ??= this.#storeOnce().finally(() => {
      this.#storing = null;
    });
    return this.#storing;
  }

  /** Stores a result, also when the database comes back only later, and forgets the oldest. */
  async #storeOnce(): Promise<void> {
    const { documents, leases, shared, log } = this.#deps;
    const view = this.#unstored;
    if (!view) return;
    try {
      await documents.put(REPLAYS, view.id, view);
      this.#unstored = null;
      for (const { name } of (await documents.list(REPLAYS, 2 * KEPT)).slice(KEPT))
        await documents.remove(REPLAYS, name);
      await documents.remove(CANCELS, view.id);
      if (shared) await leases.release(LEASE);
    } catch (err) {
      if (!(err instanceof StorageUnavailableError)) log.warn({ err, replay: view.id }, 'a replay could not be stored');
      if (!this.#stopped) setTimeout(() => void this.#store(), BEAT_MS).unref();
    }
  }

  async #takeLease(): Promise<void> {
    const { leases, shared } = this.#deps;
    if (shared && !(await leases.hold(LEASE, DEAD_MS)))
      throw new ReplayConflictError('Another gateway runs a replay, or did until seconds ago.');
  }

  /** Those that a gateway left running when it was killed. */
  async #endOrphans(): Promise<void> {
    const { documents } = this.#deps;
    for (const { value } of await documents.list(REPLAYS, KEPT)) {
      const view = readReplay(value);
      if (view?.state === 'running') await documents.put(REPLAYS, view.id, orphaned(view));
    }
  }

  async #all(): Promise<ReplayView[]> {
    const stored = (await this.#deps.documents.list(REPLAYS, KEPT)).flatMap(({ value }) => readReplay(value) ?? []);
    const here = this.#here();
    const others = stored.filter(({ id }) => id !== here?.id).map((view) => this.#settled(view));
    return here ? [here, ...others] : others;
  }

  /** The one that runs here, or ended here and is not stored yet. */
  #here(): ReplayView | null {
    return this.#running ? this.#shown(this.#running) : this.#unstored;
  }

  /** Of another gateway: when that has shown no sign of life for long, or there is none, it does not run any more. */
  #settled(view: ReplayView): ReplayView {
    const { shared, now } = this.#deps;
    const alive = shared && now() - Date.parse(view.updated) < DEAD_MS;
    return view.state === 'running' && !alive ? orphaned(view) : view;
  }

  #shown({ view, run }: Running): ReplayView {
    const now = new Date(this.#deps.now()).toISOString();
    const percent = view.state === 'done' ? 100 : run.percent;
    const held = view.state === 'running' ? run.held : null;
    const shown = { ...view, ...run.tally.report(), updated: now, percent, held };
    if (view.state !== 'done') return shown;
    const { passes, why } = proveReplay(shown);
    return { ...shown, proof: { passes, why } };
  }
}

/** Kind of the wishes of other gateways that a replay ends. */
const CANCELS = 'replay-cancel';
const STOPPED = 'the gateway stopped';
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

const orphaned = (view: ReplayView): ReplayView => ({
  ...view,
  ...{ state: 'failed', end_reason: STOPPED, held: null, ended: view.ended ?? view.updated },
});

function newView(
  { since, until, ...plan }: Plan,
  { run, who, reason, now }: { run: ReplayRun; who: string; reason: string; now: number },
): ReplayView {
  const time = (ms: number) => new Date(ms).toISOString();
  return {
    ...{ id: randomUUIDv7(), ...plan, state: 'running', end_reason: null, held: null, who, reason, percent: 0 },
    proof: null,
    ...{ since: time(since), until: time(until), started: time(now), updated: time(now), ended: null },
    ...run.tally.report(),
  };
}
