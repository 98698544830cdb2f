import { gateway } from '../gateway/gateway.svelte.ts';
import { clock } from '../parts/clock.svelte.ts';
import { momentTime } from '../parts/format.ts';
import { type Away, awayVersions, troubleWords } from './trouble-words.ts';

/** What is wrong now, and since when: of the versions that should get traffic, and of the gateway itself. */
class Status {
  #since = $state.raw<Record<string, Away>>({});
  #silentSince = $state<number | null>(null);
  #seen = false;

  readonly versions = $derived(troubleWords(gateway.versions, this.#since, clock.now));
  /** A sentence while the gateway is silent, or null. Before its first word the routes say that they wait. */
  readonly gateway = $derived(
    this.#silentSince === null
      ? null
      : `No word from the gateway since ${momentTime(this.#silentSince, clock.now)}: the page shows how it was then`,
  );
  /** For the title: "v2 down", "gateway silent"; null while nothing is wrong. */
  readonly short = $derived(
    this.gateway ? 'gateway silent' : (this.versions[0]?.words.split(/ since |,/, 1)[0] ?? null),
  );

  /** Takes note of when something went wrong. */
  note(): void {
    const now = Date.now();
    if (gateway.config.value === null) return;
    this.#silentSince = gateway.connected ? null : (this.#silentSince ?? now);
    const before = this.#since;
    this.#since = Object.fromEntries(
      awayVersions(gateway.versions).map((version) => [version, before[version] ?? { at: now, exact: this.#seen }]),
    );
    this.#seen = true;
  }
}

export const status = new Status();
