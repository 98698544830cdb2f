import { hash } from 'node:crypto';
import type { ModelCard } from '@coppice/contract';
import { readModelCard } from '@coppice/serverkit';
import type { UpstreamAnswer } from './exchange.ts';
import type { LookConnection } from './look-connection.ts';
import { parseJson } from './refusal.ts';

/** Bytes of a card: up to 2,000 training values of each feature, some 100,000 in all, twice; and what does not grow with them. */
const LIMIT = { base: 1024 * 1024, perFeature: 2 * 2000 * 20, most: 6 * 1024 * 1024 };
/** A card of more bytes is parsed at most this often, in milliseconds, so that what it leaves behind does not pile up. */
const LARGE = { bytes: 1024 * 1024, everyMs: 30_000 };

export type ReadCard = {
  card: ModelCard | null;
  digest: string;
  /** Number of its release, as the server says; null where it says none. */
  release: string | null;
};

/** Reads the model card of one version's server, and parses it when it has changed: it can be megabytes. */
export class CardReader {
  readonly #upstream: Pick<LookConnection, 'get'>;
  readonly #now: () => number;
  /** The newest first. Two, since servers of two releases answer in turn while one address goes over to the next. */
  #known: readonly Omit<ReadCard, 'release'>[] = [];
  #parsedAt = Number.NEGATIVE_INFINITY;
  /** A large card changed too soon: it is not read before this time. */
  #restless: { until: number; bytes: number } | null = null;

  constructor(upstream: Pick<LookConnection, 'get'>, now: () => number) {
    this.#upstream = upstream;
    this.#now = now;
  }

  /** A null card when the server has none. Throws in words for an operator, and `InferError`. */
  async read(features: number): Promise<ReadCard> {
    if (this.#restless && this.#now() < this.#restless.until) throw restless(this.#restless.bytes);
    const limit = Math.min(LIMIT.base + LIMIT.perFeature * features, LIMIT.most);
    const { status, body, headers } = await this.#upstream.get('/model-info', limit);
    const digest = status === 200 ? hash('sha256', body) : 'none';
    const release = releaseIn(headers);
    const known = this.#known.find((one) => one.digest === digest);
    if (known) return { ...known, release };
    const next = this.#parsedAt + LARGE.everyMs;
    if (body.length > LARGE.bytes && this.#now() < next) {
      this.#restless = { until: next, bytes: body.length };
      throw restless(body.length);
    }
    const read = { digest, card: status === 200 ? (readModelCard(parseJson(body)).data ?? null) : null };
    this.#parsedAt = this.#now();
    this.#known = [read, ...this.#known.slice(0, 1)];
    return { ...read, release };
  }
}

/** The number of the release that a server names in an answer, or null. */
export function releaseIn(headers: UpstreamAnswer['headers']): string | null {
  const text = headers['x-model-release'];
  return typeof text === 'string' && /^\d{1,8}$/.test(text) ? text : null;
}

const restless = (bytes: number) =>
  new Error(`its model card of ${(bytes / 1e6).toFixed(1)} MB changes within ${LARGE.everyMs / 1000} s`);
