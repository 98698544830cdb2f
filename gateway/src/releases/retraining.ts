import type { RetrainingView, RetrainJob, RetrainJobView } from '@coppice/contract';
import type { Registry } from '@coppice/registry/registry';

type Within = <T>(work: (registry: Registry) => Promise<T>) => Promise<T>;

/** The retraining jobs that the registry has. Without a registry there are none. */
export class Retraining {
  readonly #within: Within | null;
  /** What was read last, for when the registry is away. */
  #jobs: RetrainJob[] = [];

  /** `within`: rejects with `StoreUnavailableError` while the registry is away; null: there is none. */
  constructor(within: Within | null) {
    this.#within = within;
  }

  /** The newest first. While the registry is away, what was read last and why. */
  async view(limit: number): Promise<RetrainingView> {
    if (!this.#within) return { jobs: [], trouble: null };
    try {
      this.#jobs = await this.#within((registry) => registry.jobs(limit));
      return { jobs: this.#jobs, trouble: null };
    } catch (error) {
      return { jobs: this.#jobs.slice(0, limit), trouble: (error as Error).message };
    }
  }

  /** A job with its log, or null. Rejects while the registry is away. */
  async job(id: number): Promise<RetrainJobView | null> {
    if (!this.#within) return null;
    return this.#within(async (registry) => {
      const job = await registry.job(id);
      return job && { ...job, log: await registry.jobLog(id) };
    });
  }
}
