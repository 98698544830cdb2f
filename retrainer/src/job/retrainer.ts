import { setTimeout as sleep } from 'node:timers/promises';
import type { RetrainJob } from '@coppice/contract';
import { RegistryConflictError } from '@coppice/registry/errors';
import type { Lease } from '@coppice/registry/lease';
import type { Logger } from 'pino';
import { challengerSlot } from '../gateway/challenger-slot.ts';
import { GatewayError } from '../gateway/gateway-client.ts';
import { type Cause, type Limits, whyNot } from '../triggers/admit.ts';
import { beganAlready } from './began-already.ts';
import { followApproval } from './follow-approval.ts';
import { JobEnd } from './job-end.ts';
import { JobLog } from './job-log.ts';
import { cannotStart, type JobParts, runJob, startRollout } from './run-job.ts';
import { withdraw } from './withdraw.ts';

type Deps = JobParts & {
  lease: Lease;
  leaseMs: number;
  limits: Limits;
  who: string;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Called with each line of a job's log. */
  onLine?: (line: string) => void;
  /** Called when a job's work ends, with its seconds. */
  onEnd?: (job: RetrainJob, seconds: number) => void;
};

/** A job that began, or why none did. */
export type Answer = { job: RetrainJob } | { why: string };

const WAITS = ['waits for traffic', 'waits for approval'] as const satisfies RetrainJob['state'][];
/** As many as the registry keeps: a release may wait for weeks. */
const ALL = 200;
/** Others hold the lease for a moment, to see what waits. */
const MOMENT_MS = 200;
const MOST_MOMENTS = 10;

/**
 * Runs one job at a time, of all retrainers on a registry: who holds the lease writes jobs. What a killed one left running is
 * marked as stopped by the next one that holds it.
 */
export class Retrainer {
  readonly #deps: Deps;
  /** Asks and looks come one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #running: { ended: Promise<void>; stop: (why: string) => void; closing: boolean } | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Resolves when no job of this process runs. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running.ended;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Begins a job unless one runs, anywhere, or the cause comes too soon. Rejects while the registry is away. */
  ask(cause: Cause): Promise<Answer> {
    return this.#inTurn(async () => {
      for (let moments = 1; ; moments++) {
        const answer = await this.#leased(() => this.#begin(cause));
        if (answer) return answer;
        // one that waited for traffic may run again after newer ones
        const running = (await this.#deps.registry.jobs(ALL)).find(({ state }) => state === 'running');
        if (running) return { why: `Job ${running.id} runs since ${running.started_at}.` };
        if (moments === MOST_MOMENTS) return { why: 'Another retrainer begins or ends a job at this moment.' };
        await sleep(MOMENT_MS);
      }
    });
  }

  async #begin(cause: Cause): Promise<Answer> {
    const { registry, limits, now, who } = this.#deps;
    const why = whyNot(cause, await registry.jobs(ALL), now(), limits);
    if (why !== null) return { why };
    const job = await registry.beginJob({
      ...{ cause: { kind: cause.kind, text: cause.text }, who, state: 'running', decision: '' },
      ...{ started_at: this.#time(), ended_at: null, release: null, rows: null, gate: [], data: null },
    });
    this.#run(job);
    return { job };
  }

  /** Marks what a killed retrainer left, and goes on with what waits. Rejects while registry or gateway are away. */
  look(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#running) return;
      const { registry, lease } = this.#deps;
      const jobs = await registry.jobs(ALL);
      if (jobs.some(({ state }) => state === 'running') && (await lease.holder()) === null)
        await this.#leased(async () => {});
      const waiting = jobs.filter(({ state }) => (WAITS as readonly string[]).includes(state));
      for (const job of waiting) await this.#follow(job, jobs);
    });
  }

  /** Ends the job that runs, and gives the lease back. */
  async stop(): Promise<void> {
    this.#running?.stop('The retrainer was stopped.');
    await this.idle();
    await this.#deps.lease.release().catch(() => {});
  }

  async #follow(job: RetrainJob, jobs: readonly RetrainJob[]): Promise<void> {
    const { registry, gateway } = this.#deps;
    const { state: seen } = await registry.current();
    const newer = jobs.find(({ id, release }) => id > job.id && release !== null && release > (job.release ?? 0));
    if (job.state === 'waits for traffic') {
      if (newer)
        return this.#settle(job, {
          state: 'replaced',
          decision: `Job ${newer.id} trained release ${newer.release} since.`,
        });
      const [config, releases, rollout] = await Promise.all([gateway.config(), gateway.releases(), gateway.rollout()]);
      if (challengerSlot({ config, releases, rollout }).why !== null) return;
      await this.#leased(async () => {
        const now = await registry.job(job.id);
        if (now?.state !== job.state) return;
        this.#run(await this.#keep(now, { state: 'running' }));
      });
      return;
    }
    const followed = followApproval(job, seen);
    if (followed.do === 'nothing') return;
    if (followed.do === 'end') return this.#settle(job, followed);
    const [config, releases, rollout] = await Promise.all([gateway.config(), gateway.releases(), gateway.rollout()]);
    const { version } = challengerSlot({ config, releases, rollout });
    const began = beganAlready(job, rollout, version);
    if (began)
      return this.#settle(job, {
        state: 'rollout started',
        decision: `The rollout of release ${job.release} in ${began.version} began ${began.started}, by ${began.who}.`,
      });
    await this.#leased(async () => {
      const now = await registry.job(job.id);
      if (now?.state !== job.state || version === null) return;
      try {
        await this.#keep(now, await startRollout(now, { gateway, version, who: followed.who }));
      } catch (error) {
        if (!(error instanceof GatewayError) || error.status === null) throw error;
        const decision = cannotStart(followed.who, job.release, error);
        if (decision !== now.decision) await this.#keep(now, { decision });
      }
    });
  }

  async #settle(job: RetrainJob, { state, decision }: Pick<RetrainJob, 'state' | 'decision'>): Promise<void> {
    await this.#leased(async () => {
      const now = await this.#deps.registry.job(job.id);
      if (now?.state === job.state) await this.#keep(now, { state, decision });
    });
  }

  /** Does it under the lease, which a job that it begins takes over; null, doing nothing, while another process has the lease. */
  async #leased<T>(work: () => Promise<T>): Promise<T | null> {
    const { lease, leaseMs } = this.#deps;
    if (this.#running?.closing) await this.#running.ended;
    if (this.#running || !(await lease.hold(leaseMs))) return null;
    try {
      await this.#markStopped();
      return await work();
    } finally {
      if (!this.#running) await lease.release().catch(() => {});
    }
  }

  /** Nobody runs a job while this process holds the lease and runs none. */
  async #markStopped(): Promise<void> {
    const { registry, gateway, log } = this.#deps;
    for (const job of await registry.jobs(ALL)) {
      if (job.state !== 'running') continue;
      await withdraw({ registry, gateway, job, log: (line) => log.info({ job: job.id }, line) });
      await this.#keep(job, {
        ...{ state: 'stopped', ended_at: this.#time(), before: undefined },
        decision: `The retrainer that ran it (${job.who}) ended in the middle of the job.`,
      });
    }
  }

  #run(job: RetrainJob): void {
    const aborting = new AbortController();
    const ended = this.#work(job, aborting.signal).finally(async () => {
      await this.#deps.lease.release().catch(() => {});
      this.#running = null;
    });
    this.#running = { ended, stop: (why) => aborting.abort(new JobEnd('stopped', why)), closing: false };
  }

  async #work(begun: RetrainJob, stopped: AbortSignal): Promise<void> {
    const { registry, lease, leaseMs, now, log: logger, onLine = () => {}, onEnd } = this.#deps;
    const lost = new AbortController();
    const signal = AbortSignal.any([stopped, lost.signal]);
    const renew = setInterval(() => {
      lease.hold(leaseMs).then(
        (held) => held || lost.abort(new Error('another retrainer has the lease')),
        // the store may be back before the lease expires
        () => lease.isHeld || lost.abort(new Error('the lease expired while the registry was away')),
      );
    }, leaseMs / 3);
    let job = begun;
    logger.info({ job: job.id, cause: job.cause }, 'job');
    const before = await registry.jobLog(job.id).catch(() => []);
    const log = new JobLog(registry, {
      ...{ id: job.id, before, now },
      onLine: (line) => {
        logger.info({ job: job.id }, line);
        onLine(line);
      },
    });
    const started = now();
    let end: Partial<RetrainJob>;
    try {
      if (before.length === 0) log.add(`begun by ${job.cause.kind}: ${job.cause.text}`);
      end = await runJob(job, this.#deps, {
        ...{ signal, log: (line) => log.add(line) },
        wait: async (ms) => {
          await sleep(ms, null, { signal }).catch(() => {});
          signal.throwIfAborted();
        },
        keep: async (known) => {
          signal.throwIfAborted();
          job = await this.#keep(job, known);
        },
      });
    } catch (thrown) {
      const error = signal.aborted ? signal.reason : thrown;
      end =
        error instanceof JobEnd
          ? { state: error.state, decision: error.message }
          : { state: 'failed', decision: sentence(error) };
      if (!(error instanceof JobEnd)) logger.warn({ err: error, job: job.id }, 'job failed');
    }
    clearInterval(renew);
    if (this.#running) this.#running.closing = true;
    log.add(`${end.state}: ${end.decision}`);
    try {
      await log.end();
      if (!lost.signal.aborted) job = await this.#keep(job, { ...end, before: undefined, ended_at: this.#time() });
    } catch (err) {
      logger.warn({ err, job: job.id }, 'the end of the job could not be kept; the next retrainer marks it as stopped');
    }
    onEnd?.({ ...job, ...end }, (now() - started) / 1000);
  }

  async #keep(job: RetrainJob, known: Partial<RetrainJob>): Promise<RetrainJob> {
    const kept = { ...job, ...known };
    await this.#deps.registry.keepJob(kept);
    return kept;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.catch(() => {}).then(work);
    this.#queue = turn;
    return turn;
  }

  #time(): string {
    return new Date(this.#deps.now()).toISOString();
  }
}

function sentence(error: unknown): string {
  if (error instanceof RegistryConflictError) return `${error.message}.`;
  const text = (error as Error).message.trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
