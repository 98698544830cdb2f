import type { GateVerdict, ReleasesView } from '@coppice/contract';

/** Judges whether a release may become champion. */
export type Gate = {
  /** Null where no gate is set. */
  verdict(release: number): Promise<GateVerdict | null>;
  /** Judges afresh what is kept out of live traffic. */
  judgeAgain(): Promise<void>;
  settings(): ReleasesView['gate'];
};
