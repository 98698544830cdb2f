import type { RetrainState } from '@coppice/contract';

/** Ends a job early, in this state and with this decision. */
export class JobEnd extends Error {
  readonly state: RetrainState;

  constructor(state: RetrainState, decision: string) {
    super(decision);
    this.state = state;
  }
}
