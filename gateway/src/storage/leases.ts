import { randomUUID } from 'node:crypto';
import type { StoreLink } from './worker/worker-link.ts';

/**
 * Lets one of several gateways on a database do a periodic job. A job asks before each run and holds its lease for longer
 * than until the next one; when its gateway ends without a word, another takes over once the lease has expired.
 */
export class Leases {
  readonly #link: StoreLink<'leases'>;
  /** Names this process among the gateways. */
  readonly #holder: string;

  constructor(link: StoreLink<'leases'>, holder: string = randomUUID()) {
    this.#link = link;
    this.#holder = holder;
  }

  /** True when this gateway may do the job for `ms` milliseconds. Rejects with `StorageUnavailableError`. */
  hold(job: string, ms: number): Promise<boolean> {
    return this.#link.call('leases', 'hold', [job, this.#holder, ms]);
  }

  /** Lets another gateway take over at once. */
  release(job: string): Promise<void> {
    return this.#link.call('leases', 'release', [job, this.#holder]);
  }
}
