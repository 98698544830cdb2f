import type { InferAnswer, RowsToInfer } from './infer-job.ts';
import type { Served } from './served.ts';
import type { Known, Signature } from './signature.ts';
import type { UpstreamAnswer, WireRequest } from './upstream.ts';

/** How rows go to the server of one version, and how its answer is read. */
export interface Wire {
  readonly path: string;
  /** Number of the release that it is for; null where the server names none. */
  readonly release: string | null;
  /** The same for wires that write the same requests: what is written by one may be answered to another. */
  readonly takes: string;
  encode(jobs: readonly RowsToInfer[], rows: number): WireRequest;
  /** Reads an answer of status 200. Throws, in words for an operator, when it is not a prediction for `rows` rows. */
  decode(answer: UpstreamAnswer, rows: number): InferAnswer;
  /** Bytes that no answer of so many rows has. */
  answerLimit(rows: number): number;
}

/** What a version's server serves. */
export type Identity = Served & {
  /** The way to send rows first, and what to try when its trial inference fails. */
  wires: readonly Wire[];
  /** Announced names of the output tensors; null where there is none of that kind. */
  outputs: Pick<Signature, 'label' | 'probability'>;
  /** Differs when the server serves another model. */
  key: string;
};

/** What a readiness check finds: null when the model is ready, else the reason, in words for an operator. */
export type Probe = {
  reason: string | null;
  /** Number of the release that is served there, where the server says it. */
  release: string | null;
};

/** What the gateway asks the server of a version, whatever kind of server that is. Throws `InferError` if it is not reached. */
export interface Protocol {
  probe(): Promise<Probe>;
  /** Reads what it serves. `known`: what the other versions have in common. Throws in words for an operator. */
  identify(known: Known | null): Promise<Identity>;
}
