import { secrets } from '../lib/api.ts';
import { tokenOfHash } from '../lib/route.ts';
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

  /** Takes the token of a link as the gateway prints it, and takes it out of the address and the history. */
  readLink(): void {
    const token = tokenOfHash(location.hash);
    if (!token) return;
    history.replaceState(null, '', '#/traffic');
    this.useToken(token);
  }
}

export const session = new Session();
