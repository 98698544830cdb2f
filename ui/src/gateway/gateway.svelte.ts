import type { ConfigView, ModelCard, VersionState } from '@coppice/contract';
import { api } from './api.ts';
import type { Parts } from './create-api.ts';
import { Poll } from './poll.svelte.ts';

/** What every route needs to know about the gateway. */
class Gateway {
  readonly config = new Poll<ConfigView>((signal) => api.config({ signal }), 2000, 4000);
  readonly card = new Poll<ModelCard>((signal) => api.modelInfo(undefined, { signal }), 300_000);
  readonly parts = new Poll<Parts>((signal) => api.parts({ signal }), 10_000);

  readonly versions = $derived<VersionState[]>(this.config.value?.versions ?? []);
  /** Changes only when the revision does, unlike `config.value`. */
  readonly revision = $derived(this.config.value?.revision ?? null);
  readonly versionNames = $derived(this.versions.map(({ version }) => version));
  readonly connected = $derived(this.config.error === null);
  readonly needsKey = $derived(this.config.value?.auth.api_key ?? false);

  /** A version's position among all, which decides its colour and shape. */
  indexOf(version: string): number {
    return Math.max(0, this.versionNames.indexOf(version));
  }
}

export const gateway = new Gateway();
