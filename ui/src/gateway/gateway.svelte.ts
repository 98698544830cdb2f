import type { ChangeStamps, ConfigView, ModelCard, UsageCounters, VersionState } from '@coppice/contract';
import { api } from './api.ts';
import type { Parts } from './create-api.ts';
import { EventStream } from './event-stream.svelte.ts';
import { Poll } from './poll.svelte.ts';

const stampNames = ['ready', 'comparison', 'rollout', 'releases'] as const;

/** What every route needs to know about the gateway. */
class Gateway {
  readonly config = new Poll<ConfigView>((signal) => api.config({ signal }), 2000, { mostMs: 4000, on: 'config' });
  readonly card = new Poll<ModelCard>((signal) => api.modelInfo(undefined, { signal }), 300_000);
  readonly parts = new Poll<Parts>((signal) => api.parts({ signal }), 60_000);
  /** Counters of the gateway, and when they came; null before, and while no events come. */
  usage = $state.raw<{ counters: UsageCounters; at: number } | null>(null);
  #stamps: ChangeStamps | null = null;

  readonly events = new EventStream((signal) => api.events({ signal }), {
    config: (view) => this.config.accept(view),
    usage: (counters) => {
      const changed = this.usage !== null && this.usage.counters.requests !== counters.requests;
      this.usage = { counters, at: Date.now() };
      if (changed) Poll.changed('requests');
    },
    stamps: (stamps) => {
      const before = this.#stamps;
      this.#stamps = stamps;
      if (before) for (const name of stampNames) if (before[name] !== stamps[name]) Poll.changed(name);
    },
    live: (live) => {
      if (!live) this.usage = null;
      Poll.feed(live);
    },
  });

  readonly versions = $derived<VersionState[]>(this.config.value?.versions ?? []);
  /** Changes only when the revision does, unlike `config.value`. */
  readonly revision = $derived(this.config.value?.revision ?? null);
  readonly versionNames = $derived(this.versions.map(({ version }) => version));
  /** False from the moment when the gateway is silent. */
  readonly connected = $derived(this.config.error === null && !this.events.silent);
  readonly needsKey = $derived(this.config.value?.auth.api_key ?? false);

  /** A version's position among all, which decides its colour and shape. */
  indexOf(version: string): number {
    return Math.max(0, this.versionNames.indexOf(version));
  }
}

export const gateway = new Gateway();
