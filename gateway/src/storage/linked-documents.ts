import type { DocumentStore } from './port/comparison-store.ts';
import type { StoreLink } from './worker/worker-link.ts';

/** The document store in the database's thread. Its calls reject with `StorageUnavailableError`. */
export class LinkedDocuments implements DocumentStore {
  readonly #link: StoreLink<'documents'>;

  constructor(link: StoreLink<'documents'>) {
    this.#link = link;
  }

  put(kind: string, name: string, value: unknown, once = false): Promise<unknown> {
    return this.#link.call('documents', 'put', [kind, name, value, once]);
  }

  get(kind: string, name: string): Promise<unknown | null> {
    return this.#link.call('documents', 'get', [kind, name]);
  }

  remove(kind: string, name: string): Promise<void> {
    return this.#link.call('documents', 'remove', [kind, name]);
  }

  list(kind: string, limit: number): Promise<{ name: string; value: unknown }[]> {
    return this.#link.call('documents', 'list', [kind, limit]);
  }
}
