import type { ReleasesView } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { ApiError } from '../gateway/api-error.ts';
import type { ReleaseChange, ReleaseCommand } from '../gateway/create-api.ts';
import { gateway } from '../gateway/gateway.svelte.ts';
import { Poll } from '../gateway/poll.svelte.ts';

/** The registry as the gateway sees it; null from a gateway that knows none. */
export const releases = new Poll<ReleasesView | null>((signal) => api.releases({ signal }), 2000, { on: 'releases' });

/** The view where there is a registry, or null. */
export const registryView = (): ReleasesView | null => (releases.value?.registry ? releases.value : null);

/** A change that the visitor makes to the registry, and why the gateway refused it. */
export class ReleaseRequest {
  refused = $state.raw<ApiError | null>(null);

  /** Resolves whether the gateway accepted it, once the page shows what has become of the registry. */
  async send(command: ReleaseCommand, change: ReleaseChange): Promise<boolean> {
    this.refused = null;
    try {
      await api.changeReleases(command, change);
    } catch (error) {
      this.refused = error instanceof ApiError ? error : new ApiError(0, String(error));
    }
    void gateway.config.refresh();
    await releases.refresh();
    return this.refused === null;
  }
}
