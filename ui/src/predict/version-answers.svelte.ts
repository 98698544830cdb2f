import { untrack } from 'svelte';
import { ApiError } from '../gateway/api-error.ts';
import { gateway } from '../gateway/gateway.svelte.ts';
import { retryDelay } from '../gateway/retry-delay.ts';

type PerVersion<T> = { version: string; value: T | null; error: string | null };

const REST_MS = 200;

/**
 * The answers of all versions to one question, for side-by-side views: sent once the inputs rest, and retried after a
 * failure. Old answers stay until new ones arrive. Create it in a component; a `question` of null sends nothing.
 */
export class VersionAnswers<Q, T> {
  answers = $state.raw<PerVersion<T>[]>([]);
  /** The question that the answers belong to. */
  question = $state.raw<Q | null>(null);

  constructor(question: () => Q | null, ask: (version: string, question: Q, signal: AbortSignal) => Promise<T>) {
    const versions = $derived(gateway.versionNames.join());
    const connected = $derived(gateway.connected);
    $effect(() => {
      const now = question();
      const names = versions ? versions.split(',') : [];
      if (now === null || names.length === 0 || !connected) return;
      const stopped = new AbortController();
      let timer: ReturnType<typeof setTimeout>;
      let failures = 0;
      const run = async () => {
        const answers = await Promise.all(names.map((version) => answer(version, ask(version, now, stopped.signal))));
        if (stopped.signal.aborted) return;
        if (answers.some(({ error }) => error !== null)) timer = setTimeout(run, retryDelay(++failures, null));
        this.#accept(now, answers);
      };
      timer = setTimeout(run, REST_MS);
      return () => {
        clearTimeout(timer);
        stopped.abort();
      };
    });
  }

  #accept(question: Q, answers: PerVersion<T>[]): void {
    const known = untrack(() => this.answers);
    if (known.length > 0 && answers.every(({ error }) => error !== null)) {
      this.answers = known.map((old) => ({
        ...old,
        error: answers.find(({ version }) => version === old.version)?.error ?? null,
      }));
      return;
    }
    this.answers = answers;
    this.question = question;
  }
}

async function answer<T>(version: string, pending: Promise<T>): Promise<PerVersion<T>> {
  try {
    return { version, value: await pending, error: null };
  } catch (error) {
    return { version, value: null, error: error instanceof ApiError ? error.message : 'no answer' };
  }
}
