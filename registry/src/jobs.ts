import { type RetrainJob, retrainJob } from '@coppice/contract';
import { BrokenReleaseError } from './errors.ts';
import type { keysOf } from './keys-of.ts';
import { parseJson } from './parse-json.ts';
import type { ObjectStore } from './stores/object-store.ts';

/** Older jobs are removed when another one begins. */
const MOST_JOBS = 200;
const ENDED = new Set<RetrainJob['state']>([
  ...(['rollout started', 'refused', 'refused by the gate', 'rejected', 'replaced', 'failed', 'stopped'] as const),
]);

/** The retraining jobs of a model with their logs. Only who holds the lease `retraining` writes them. */
export class Jobs {
  readonly #store: ObjectStore;
  readonly #keys: ReturnType<typeof keysOf>;
  /** Jobs that ended never change. */
  readonly #ended = new Map<string, RetrainJob>();

  constructor(store: ObjectStore, keys: ReturnType<typeof keysOf>) {
    this.#store = store;
    this.#keys = keys;
  }

  /** The newest jobs first. */
  async list(limit: number): Promise<RetrainJob[]> {
    const objects = (await this.#store.list(this.#keys.jobs)).slice(-limit).reverse();
    const found = await Promise.all(objects.map(({ key }) => this.#read(key)));
    return found.filter((job) => job !== null);
  }

  /** A job by its number, or null. */
  find(id: number): Promise<RetrainJob | null> {
    return this.#read(this.#keys.job(id));
  }

  /** Gives a job the next number. */
  async begin(job: Omit<RetrainJob, 'id'>): Promise<RetrainJob> {
    for (;;) {
      const newest = (await this.#store.list(this.#keys.jobs)).at(-1)?.key.slice(this.#keys.jobs.length);
      const begun = retrainJob.parse({ ...job, id: (newest ? Number.parseInt(newest, 10) : 0) + 1 });
      if (!(await this.#store.create(this.#keys.job(begun.id), json(begun)))) continue;
      const old = begun.id - MOST_JOBS;
      if (old > 0)
        await Promise.all([this.#keys.job(old), this.#keys.jobLog(old)].map((key) => this.#store.remove(key)));
      return begun;
    }
  }

  async keep(job: RetrainJob): Promise<void> {
    await this.#store.put(this.#keys.job(job.id), json(retrainJob.parse(job)));
  }

  /** Lines, the oldest first; none for a job that has no log. */
  async log(id: number): Promise<string[]> {
    const bytes = await this.#store.read(this.#keys.jobLog(id));
    return bytes ? Buffer.from(bytes).toString('utf8').split('\n').filter(Boolean) : [];
  }

  async keepLog(id: number, lines: readonly string[]): Promise<void> {
    await this.#store.put(this.#keys.jobLog(id), Buffer.from(lines.map((line) => `${line}\n`).join('')));
  }

  async #read(key: string): Promise<RetrainJob | null> {
    const known = this.#ended.get(key);
    if (known) return known;
    const bytes = await this.#store.read(key);
    if (!bytes) return null;
    const { data } = retrainJob.safeParse(parseJson(bytes));
    if (!data) throw new BrokenReleaseError(`${key} in ${this.#store.place} is no valid job`);
    if (ENDED.has(data.state)) this.#ended.set(key, data);
    return data;
  }
}

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
