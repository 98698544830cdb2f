import { secrets } from '../lib/api.ts';
import { Poll } from './poll.svelte.ts';

/** The secrets that this tab was given, and which one it asks for. They are kept in memory only. */
class Session {
  isAdmin = $state(false);
  hasKey = $state(false);
  asks = $state<'admin' | 'key' | null>(null);

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
    this.asks = null;
    Poll.refreshAll();
  }
}

export const session = new Session();
