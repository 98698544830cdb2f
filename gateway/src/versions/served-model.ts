import type { RowSchema } from '@coppice/serverkit';
import { InferError } from './infer-error.ts';
import type { LookConnection } from './look-connection.ts';
import type { ModelCatalog } from './model-catalog.ts';
import type { Identity, Probe, Protocol, Wire } from './protocol.ts';
import type { Known } from './signature.ts';
import { trialRows, tryInference } from './trial.ts';

/** How long what a server serves counts as known: a model may be replaced behind the same address. */
const IDENTITY_MS = 3000;
/** The least time between two looks at it for which failed requests are the reason. */
const DOUBT_MS = 1000;
/** The least time after a failure to read what it is: readiness is checked more often while a version starts. */
const RETRY_MS = 1000;
/** The least time between two trials, so that one that fails is not asked with every readiness check. */
const TRIAL_MS = 2000;
/** How many servers behind one address are looked at to find one, at most. */
const MOST_LOOKS = 8;
/** As many when one is not ready: another one may be. */
const READY_LOOKS = 5;
/** Two releases that were both found at an address count as both there for so long. */
const BOTH_MS = 10_000;
/** A release that was not heard of for so long is no longer expected to answer. */
const FORMER_MS = 60_000;

type Deps = {
  looks: Pick<LookConnection, 'post' | 'renew'>;
  protocol: Protocol;
  catalog: Pick<ModelCatalog, 'announce' | 'accept' | 'shape' | 'own'>;
  /** Called with the way to send rows, whenever that is found or changes. */
  use: (wire: Wire) => void;
  now: () => number;
};

/** Its server reports that it is ready, but a trial inference failed. */
export class TrialError extends Error {
  readonly reason: InferError['reason'];

  constructor(cause: InferError) {
    super(`its trial inference failed: ${cause.explained}`, { cause });
    this.reason = cause.reason;
  }
}

/** The model that the server of one version serves now: what it is, how to send rows to it, and whether it predicts. */
export class ServedModel {
  readonly #version: string;
  readonly #deps: Deps;
  #identity: Identity | null = null;
  #wire: Wire | null = null;
  #outputs: Identity['outputs'] | null = null;
  #identifiedAt = Number.NEGATIVE_INFINITY;
  #unidentifiedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  /** What other releases of this address are answered by, while servers of several stand behind it. */
  readonly #former = new Map<string, Wire>();
  /** When each release was last found or answered. */
  readonly #heard = new Map<string, number>();
  /** Servers of the present release and of a former one stand behind the address, as was found less than `BOTH_MS` before. */
  #bothUntil = Number.NEGATIVE_INFINITY;
  #doubtedAt = Number.NEGATIVE_INFINITY;

  constructor(version: string, deps: Deps) {
    this.#version = version;
    this.#deps = deps;
  }

  /**
   * Null when a server behind its address is ready, else the reason of the last one. Looks at several to find one of the
   * release `wanted`, or, with `again`, another one than that which is not ready. Throws `InferError`.
   */
  async probe({ wanted, again }: { wanted: string | undefined; again: boolean }): Promise<string | null> {
    let ready = false;
    for (let left = wanted ? MOST_LOOKS : again ? READY_LOOKS : 1; ; left--) {
      try {
        const { reason, release } = await this.#look();
        ready ||= reason === null;
        if (left <= 1 || (reason === null && (!wanted || release === wanted))) return ready ? null : reason;
      } catch (error) {
        if (left <= 1 || !(error instanceof InferError) || error.reason !== 'connect') throw error;
      }
    }
  }

  /** A look or an answer came from this release. */
  heard(release: string | null): void {
    if (release !== null) this.#heard.set(release, this.#deps.now());
  }

  /** How to read what this release answers to what `wire` wrote; null when that is not known. */
  wireOf(release: string, wire: Wire): Wire | null {
    const own = this.#wire?.release === release ? this.#wire : this.#former.get(release);
    return own?.takes === wire.takes ? own : null;
  }

  /** A former release answers: its server may have gone back to it. False if that was looked at just now. */
  doubtRelease(release: string): boolean {
    const now = this.#deps.now();
    if (release === this.#wire?.release || now < this.#bothUntil || now - this.#doubtedAt < DOUBT_MS) return false;
    this.#doubtedAt = now;
    return true;
  }

  get outputs(): Identity['outputs'] | null {
    return this.#outputs;
  }

  /** So long has passed that it must be identified again. */
  get stale(): boolean {
    return this.#deps.now() - this.#identifiedAt >= IDENTITY_MS;
  }

  get trialDue(): boolean {
    const now = this.#deps.now();
    return now - this.#triedAt >= TRIAL_MS && now - this.#unidentifiedAt >= RETRY_MS;
  }

  /** It was replaced: it is identified at the next check. */
  forget(): void {
    this.#identifiedAt = Number.NEGATIVE_INFINITY;
  }

  /** It may have been replaced. False if that was looked at just now. */
  doubt(): boolean {
    if (this.#deps.now() - this.#identifiedAt < DOUBT_MS) return false;
    this.#identifiedAt = Number.NEGATIVE_INFINITY;
    return true;
  }

  /** Reads what its server serves. True if that is another model than before. Throws in words for an operator. */
  async identify(): Promise<boolean> {
    try {
      return await this.#identify();
    } catch (error) {
      this.#unidentifiedAt = this.#deps.now();
      throw error;
    }
  }

  async #identify(): Promise<boolean> {
    const { protocol, catalog } = this.#deps;
    const identity = await protocol.identify(knownFrom(catalog));
    const before = this.#identity;
    const changed = before?.key !== identity.key;
    if (changed && before && (await this.#bothAnswer(before, identity))) {
      this.#identifiedAt = this.#deps.now();
      return false;
    }
    if (changed) {
      await catalog.announce(this.#version, identity);
      catalog.accept(this.#version, identity);
      this.#outputs = identity.outputs;
      this.#leave(before, identity);
    }
    this.#identity = identity;
    this.#identifiedAt = this.#deps.now();
    // written anew: the other versions may have sent the classes' names meanwhile
    const used = this.#wire && !changed ? before?.wires.indexOf(this.#wire) : undefined;
    const wire = used === undefined ? undefined : identity.wires[used];
    if (wire) this.#use(wire);
    return changed && before !== null;
  }

  /** Finds the way to send rows that its server answers. Throws `TrialError`. */
  async passTrial(): Promise<void> {
    let failure: unknown;
    for (const wire of (this.#identity as Identity).wires) {
      try {
        await this.#infer(wire);
        this.#use(wire);
        // the next doubt about its answers need not wait
        this.#triedAt = Number.NEGATIVE_INFINITY;
        return;
      } catch (error) {
        failure = error;
      }
    }
    throw new TrialError(failure as InferError);
  }

  /** One trial inference, the way that it passed its first one. Throws `InferError`. */
  try(): Promise<void> {
    return this.#infer(this.#wire as Wire);
  }

  async #infer(wire: Wire): Promise<void> {
    this.#triedAt = this.#deps.now();
    const { card } = this.#identity as Identity;
    const { looks, catalog } = this.#deps;
    const own = catalog.own(this.#version) as RowSchema;
    await tryInference(looks, wire, trialRows(own, card ?? catalog.shape()?.card ?? null));
  }

  async #look(): Promise<Probe> {
    const { looks, protocol } = this.#deps;
    looks.renew();
    const found = await protocol.probe();
    this.heard(found.release);
    return found;
  }

  /**
   * While the servers of an address take up a release one by one, both the old and the new one answer. The new one counts
   * from its first answer on, and the old one for as long as it answers, but the version goes back to it only once none of
   * several looks finds the new one.
   */
  async #bothAnswer(present: Identity, found: Identity): Promise<boolean> {
    const former = found.release == null ? undefined : this.#former.get(found.release);
    if (!former || former.takes !== this.#wire?.takes) return false;
    const { now } = this.#deps;
    const heardOf = this.#heard.get(present.release ?? '') ?? Number.NEGATIVE_INFINITY;
    if (now() < this.#bothUntil && now() - heardOf < BOTH_MS) return true;
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      // one that cannot be reached says nothing
      const seen = await this.#look().catch(() => null);
      if (seen?.release !== present.release) continue;
      this.#bothUntil = now() + BOTH_MS;
      return true;
    }
    return false;
  }

  #leave(before: Identity | null, next: Identity): void {
    const now = this.#deps.now();
    for (const [release, at] of this.#heard) if (now - at >= FORMER_MS) this.#heard.delete(release);
    for (const release of this.#former.keys()) if (!this.#heard.has(release)) this.#former.delete(release);
    if (before?.release != null && this.#wire) this.#former.set(before.release, this.#wire);
    if (next.release != null) this.#former.delete(next.release);
  }

  #use(wire: Wire): void {
    this.#wire = wire;
    this.#deps.use(wire);
  }
}

/** What a server that describes less shares with the first version. */
function knownFrom(catalog: Pick<ModelCatalog, 'shape'>): Known | null {
  const shape = catalog.shape();
  if (!shape) return null;
  const { specs, arrayLengths } = shape.schema;
  const first = specs.slice(0, arrayLengths[0]);
  return {
    features: first.length,
    classes: shape.classes.length,
    specs: shape.card && first,
    classNames: shape.card && shape.classes,
    ownCard: false,
    decision: 'argmax',
  };
}
