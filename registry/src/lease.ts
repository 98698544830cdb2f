import { z } from 'zod';
import { parseJson } from './parse-json.ts';
import type { ObjectStore } from './stores/object-store.ts';

/** Who holds a term, and until when, in milliseconds since the epoch. */
const term = z.object({ holder: z.string(), until: z.number() });
type Term = z.infer<typeof term>;

type Options = {
  /** Begins the keys of its terms. */
  prefix: string;
  /** Different in every process. */
  holder: string;
  now: () => number;
};

/**
 * One of many processes on a store does something. Terms are numbered and created, so that one of many takes the next one; only its
 * holder writes it again, to renew it. A holder that dies loses it when it expires. The processes' clocks must agree
 * to a fraction of the time that a term lasts.
 */
export class Lease {
  readonly #store: ObjectStore;
  readonly #options: Options;
  #held: { key: string; until: number } | null = null;

  constructor(store: ObjectStore, options: Options) {
    this.#store = store;
    this.#options = options;
  }

  /** Takes or renews the lease for so long; false while somebody else has it. */
  async hold(ms: number): Promise<boolean> {
    const { now, holder } = this.#options;
    const newest = await this.#newest();
    const held = this.#held;
    // one that expired may be taken by another one at this moment
    if (held && newest?.key === held.key && now() < held.until) {
      const until = now() + ms;
      await this.#store.put(held.key, bytesOf({ holder, until }));
      this.#held = { key: held.key, until };
      return (await this.#newest())?.key === held.key;
    }
    this.#held = null;
    if (newest && newest.term.until > now()) return false;
    const key = this.#key((newest?.number ?? 0) + 1);
    const until = now() + ms;
    if (!(await this.#store.create(key, bytesOf({ holder, until })))) return false;
    this.#held = { key, until };
    if (newest) await this.#store.remove(newest.key);
    return true;
  }

  /** Whether this process has it now, as far as it knows. */
  get isHeld(): boolean {
    return this.#held !== null && this.#options.now() < this.#held.until;
  }

  /** Who has it now; null when nobody has. */
  async holder(): Promise<string | null> {
    const newest = await this.#newest();
    return newest && newest.term.until > this.#options.now() ? newest.term.holder : null;
  }

  /** Gives it back, so that another one need not wait for its end. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    if (!held || this.#options.now() >= held.until) return;
    await this.#store.put(held.key, bytesOf({ holder: this.#options.holder, until: 0 }));
  }

  async #newest(): Promise<{ key: string; number: number; term: Term } | null> {
    const key = (await this.#store.list(this.#options.prefix)).at(-1)?.key;
    if (key === undefined) return null;
    const bytes = await this.#store.read(key);
    const parsed = term.safeParse(bytes && parseJson(bytes)).data;
    return {
      ...{ key, number: Number.parseInt(key.slice(this.#options.prefix.length), 10) },
      term: parsed ?? { holder: '', until: 0 },
    };
  }

  #key(number: number): string {
    return `${this.#options.prefix}${String(number).padStart(12, '0')}.json`;
  }
}

const bytesOf = (value: Term) => Buffer.from(`${JSON.stringify(value)}\n`);
