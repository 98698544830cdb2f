import type { ModelCard } from '@coppice/contract';

/** What a version serves, as its server describes it. */
export type Served = {
  /** Values per row. */
  features: number;
  classes: number;
  /** Null for a foreign server, which has none. */
  card: ModelCard | null;
  /** Number of its release, or null. */
  release?: string | null;
  /** Of a server without a card: its inputs, when it has one for each column. */
  columns?: readonly ServedColumn[];
  /** Of a server without a card and without such inputs: it takes the features of another version by name, texts too. */
  byName?: boolean;
};

export type ServedColumn = {
  /** As the server announces it. */
  name: string;
  /** It takes texts; else numbers. */
  text: boolean;
};
