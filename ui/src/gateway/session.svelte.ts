import { access, secrets } from './api.ts';
import { Poll } from './poll.svelte.ts';

/** The secrets that this tab was given, and which one it asks for. They are kept in memory only. */
class Session {
  isAdmin = $state(false);
  hasKey = $state(false);
  asks = $state<'admin' | 'key' | null>(null);
  #keyAskedFor = false;

  constructor() {
    access.refused = (secret) => this.#refused(secret);
  }

  useToken(token: string): void {
    secrets.adminToken = token;
    this.isAdmin = true;
    this.asks = null;
    Poll.refreshAll();
  }

  dropToken(): void {
    secrets.adminToken = null;
    this.isAdmin = false;
  }

  useKey(key: string): void {
    secrets.apiKey = key;
    this.hasKey = true;
    this.#keyAskedFor = false;
    this.asks = null;
    Poll.refreshAll();
  }

  #refused(secret: 'admin' | 'key'): void {
    if (secret === 'admin') this.dropToken();
    // asked once by itself; after a "Cancel" only when a person wants it
    else if (!this.#keyAskedFor) {
      this.#keyAskedFor = true;
      this.asks = 'key';
    }
  }
}

export const session = new Session();
