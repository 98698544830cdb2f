import type { RowSchema } from '@coppice/serverkit';
import type { InferError } from './infer-error.ts';
import type { ModelCatalog } from './model-catalog.ts';
import type { Identity, Protocol, Wire } from './protocol.ts';
import type { Known } from './signature.ts';
import { trialRows, tryInference } from './trial.ts';
import type { Upstream } from './upstream.ts';

/** How long what a server serves counts as known: a model may be replaced behind the same address. */
const IDENTITY_MS = 3000;
/** The least time between two looks at it for which failed requests are the reason. */
const DOUBT_MS = 1000;
/** The least time after a failure to read what it is: readiness is checked more often while a version starts. */
const RETRY_MS = 1000;
/** The least time between two trials, so that one that fails is not asked with every readiness check. */
const TRIAL_MS = 2000;

type Deps = {
  upstream: Pick<Upstream, 'post'>;
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

  constructor(version: string, deps: Deps) {
    this.#version = version;
    this.#deps = deps;
  }

  /** Null when its server is ready, else the reason. Throws `InferError`. */
  probe(): Promise<string | null> {
    return this.#deps.protocol.probe();
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
    if (changed) {
      await catalog.announce(this.#version, identity);
      catalog.accept(this.#version, identity);
      this.#outputs = identity.outputs;
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
    const { upstream, catalog } = this.#deps;
    const own = catalog.own(this.#version) as RowSchema;
    await tryInference(upstream, wire, trialRows(own, card ?? catalog.shape()?.card ?? null));
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
