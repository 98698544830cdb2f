import type { ModelCard } from '@coppice/contract';

/** The bytes of a model, verified against its card. */
export type Artifact = { card: ModelCard; onnx: Uint8Array };

/** What a server is to serve now. */
export type Wanted = {
  /** Differs when it is something else than before. */
  key: string;
  /** The number of its release; null of a folder, which has none. */
  release: number | null;
  /** Throws `ArtifactError`. */
  read(): Promise<Artifact>;
  /** Another file of it, such as `report/report.html`, read when it is asked for; null when it has none. */
  file(name: string): Promise<Uint8Array | null>;
  /** What to say of it although it serves, or null. */
  warning: string | null;
};

/** Where a server's model comes from. */
export interface ModelSource {
  /** Whether a loaded model is replaced when the source has another one. */
  readonly follows: boolean;
  /** Milliseconds between two looks; default: 1 s. */
  readonly everyMs?: number;
  /** What to serve now. Throws `SourceError` while that cannot be known. */
  find(): Promise<Wanted>;
  /** What to serve when `find` has thrown and nothing is loaded yet; null for nothing. */
  kept?(why: string): Promise<Wanted | null>;
  /** Called once it is served: the next start may need it. */
  serves?(wanted: Wanted, artifact: Artifact): Promise<void>;
}

/** Why it is not known what to serve, in one line for people. */
export class SourceError extends Error {}
