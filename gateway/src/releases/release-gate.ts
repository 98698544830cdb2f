import type { GateVerdict, ReleasesView } from '@coppice/contract';

/** Judges whether a release may become champion. */
export type Gate = {
  /** Null where no gate is set. */
  verdict(release: number): Promise<GateVerdict | null>;
  settings(): ReleasesView['gate'];
};

/** No gate: a person's approval is enough. */
export const offGate: Gate = {
  verdict: async () => null,
  settings: () => ({ on: false, approval: 'person', lines: [] }),
};
