import { ApiError } from '../lib/api.ts';
import { gateway } from './gateway.svelte.ts';

export type PerVersion<T> = { version: string; value: T | null; error: string | null };

const REST_MS = 200;

/**
 * Asks every version the same thing once the inputs rest, for side-by-side views. The old answers stay until the new
 * ones are there. Meant to be made in a component; `question` null asks nothing.
 */
export class VersionsAsked<Q, T> {
  answers = $state.raw<PerVersion<T>[]>([]);
  /** The question that the answers belong to. */
  question = $state.raw<Q | null>(null);

  constructor(question: () => Q | null, ask: (version: string, question: Q, signal: AbortSignal) => Promise<T>) {
    const versions = $derived(gateway.versionNames.join());
    $effect(() => {
      const now = question();
      const names = versions ? versions.split(',') : [];
      if (now === null || names.length === 0) return;
      const stopped = new AbortController();
      const timer = setTimeout(async () => {
        const answers = await Promise.all(names.map((version) => answer(version, ask(version, now, stopped.signal))));
        if (stopped.signal.aborted) return;
        this.answers = answers;
        this.question = now;
      }, REST_MS);
      return () => {
        clearTimeout(timer);
        stopped.abort();
      };
    });
  }
}

async function answer<T>(version: string, asked: Promise<T>): Promise<PerVersion<T>> {
  try {
    return { version, value: await asked, error: null };
  } catch (error) {
    return { version, value: null, error: error instanceof ApiError ? error.message : 'no answer' };
  }
}
