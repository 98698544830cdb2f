import type { ModelReport, SameRowsComparison } from '@coppice/contract';

/** What a gate can judge a release by; null where there is none. */
export type GateEvidence = {
  model: string;
  release: number;
  /** The champion's number; null when there is none. */
  champion: number | null;
  report: ModelReport | null;
  /** With the champion, on the release's test rows. */
  sameRows: SameRowsComparison | null;
  /** The newest replay of the release against what is in force. */
  replay: { compared: number; agreement: number; at_least: number } | null;
};
