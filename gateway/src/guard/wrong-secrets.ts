import { HttpError } from '@coppice/serverkit';
import type { Request } from 'express';
import { ipKeyGenerator, MemoryStore, type Options } from 'express-rate-limit';

/** Wrong secrets per minute and address, after which none of it is looked at for the rest of the minute. */
export const MOST_WRONG_SECRETS = 20;
const MINUTE_MS = 60_000;

/** Counts wrong secrets by address (a whole network for IPv6), so that nobody can try one after the other. */
export class WrongSecrets {
  readonly #store = new MemoryStore();
  #last = Number.NEGATIVE_INFINITY;

  constructor() {
    this.#store.init({ windowMs: MINUTE_MS } as Options);
  }

  /** Nobody sent a wrong secret in the last minute, so that nobody is refused. */
  get none(): boolean {
    return performance.now() - this.#last > MINUTE_MS;
  }

  /** Throws 429 for an address that has sent too many wrong secrets: even the right one is not looked at then. */
  async refuseMany(req: Pick<Request, 'ip'>): Promise<void> {
    const seen = await this.#store.get(keyOf(req));
    if (!seen || seen.totalHits < MOST_WRONG_SECRETS) return;
    const seconds = Math.max(1, Math.ceil(((seen.resetTime?.getTime() ?? 0) - Date.now()) / 1000));
    throw new HttpError(
      429,
      `More than ${MOST_WRONG_SECRETS} wrong secrets per minute from this address. Try again in ${seconds} s.`,
      { headers: { 'Retry-After': String(seconds) } },
    );
  }

  async count(req: Pick<Request, 'ip'>): Promise<void> {
    this.#last = performance.now();
    await this.#store.increment(keyOf(req));
  }
}

const keyOf = ({ ip }: Pick<Request, 'ip'>) => (ip === undefined ? 'unknown' : ipKeyGenerator(ip));
