import type { RolloutReport } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { ApiError } from '../gateway/api-error.ts';
import { gateway } from '../gateway/gateway.svelte.ts';
import { Poll } from '../gateway/poll.svelte.ts';
import { pausesForOthers } from './rollout-state.ts';

/** The rollout that runs, else the last one that ended. The gateway looks at it every ten seconds. */
export const rollout = new Poll<RolloutReport>((signal) => api.rollout({ signal }), 10_000, { on: 'rollout' });

/** The candidate whose rollout a change of the weights pauses, or null. */
export const pausedByChange = () => {
  const view = rollout.value?.rollout;
  return view && pausesForOthers(view) ? view.version : null;
};

/** A change that the visitor makes to the rollout, and why the gateway refused it. */
export class RolloutRequest {
  refused = $state.raw<ApiError | null>(null);

  /** Resolves whether the gateway accepted it. After a 409 the page shows what the rollout has become. */
  async send(change: () => Promise<RolloutReport>): Promise<boolean> {
    this.refused = null;
    try {
      rollout.accept(await change());
      void gateway.config.refresh();
      return true;
    } catch (error) {
      this.refused = error instanceof ApiError ? error : new ApiError(0, String(error));
      if (this.refused.status === 409) {
        void gateway.config.refresh();
        await rollout.refresh();
      }
      return false;
    }
  }
}
