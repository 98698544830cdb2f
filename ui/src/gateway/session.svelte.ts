import { ApiError } from './api-error.ts';
import { createApi } from './create-api.ts';
import type { SecretKind, Secrets } from './http-client.ts';
import { Poll } from './poll.svelte.ts';

/** Below one origin there may be several pages, each below its prefix. */
const TOKEN_KEY = `coppice-admin-token ${location.pathname}`;

/**
 * Owns the secrets of this tab, and knows which one the visitor has to enter. The admin token survives a reload in the
 * session storage, which ends with the tab; a key is in memory only.
 */
class Session {
  #isAdmin = $state(false);
  #hasKey = $state(false);
  #asksFor = $state<SecretKind | null>(null);
  #secrets: Secrets = { adminToken: null, apiKey: null };
  #keyAskedFor = false;
  #refusal = $state<string | null>(null);

  readonly api = createApi({
    secrets: () => this.#secrets,
    onRefused: (secret) => this.#refused(secret),
  });

  get isAdmin(): boolean {
    return this.#isAdmin;
  }

  get hasKey(): boolean {
    return this.#hasKey;
  }

  /** The secret that the visitor has to enter now. */
  get asksFor(): SecretKind | null {
    return this.#asksFor;
  }

  /** Why there is no admin token any more, in words for the visitor; null when there is nothing to say. */
  get refusal(): string | null {
    return this.#refusal;
  }

  ask(kind: SecretKind): void {
    this.#asksFor = kind;
  }

  stopAsking(): void {
    this.#asksFor = null;
  }

  /** Keeps a secret that the gateway accepts. Throws the `ApiError` of one that it refuses. */
  async enter(kind: SecretKind, secret: string): Promise<void> {
    const given = kind === 'admin' ? { adminToken: secret } : { apiKey: secret };
    // a separate client: until the secret is accepted, no other request may send it
    const trial = createApi({ secrets: () => ({ ...this.#secrets, ...given }), onRefused: () => {} });
    if (kind === 'admin') {
      await trial.audit(undefined, 1);
      this.#useToken(secret);
    } else {
      await trial.predictions({ limit: '1' });
      this.#useKey(secret);
    }
  }

  /** Takes the token of a link, unless the gateway refuses it. */
  async takeToken(adminToken: string): Promise<void> {
    try {
      await this.enter('admin', adminToken);
    } catch (error) {
      // without an answer it may well be right
      if (!(error instanceof ApiError) || error.status !== 401) this.#useToken(adminToken);
      else this.#refusal = 'The gateway refuses the admin token of this link. Ask for the present one, or enter it.';
    }
  }

  /** Takes up the token of before a reload. */
  resume(): void {
    const adminToken = storedToken();
    if (adminToken === null) return;
    this.#useToken(adminToken);
    // the refusal of one that was changed meanwhile is said
    this.api.audit(undefined, 1).catch(() => {});
  }

  #useToken(adminToken: string): void {
    this.#secrets = { ...this.#secrets, adminToken };
    this.#isAdmin = true;
    this.#refusal = null;
    storeToken(adminToken);
    this.stopAsking();
    Poll.refreshAll();
  }

  dropToken(): void {
    this.#secrets = { ...this.#secrets, adminToken: null };
    this.#refusal = null;
    storeToken(null);
    this.#isAdmin = false;
  }

  #useKey(apiKey: string): void {
    this.#secrets = { ...this.#secrets, apiKey };
    this.#hasKey = true;
    this.#keyAskedFor = false;
    this.stopAsking();
    Poll.refreshAll();
  }

  #refused(secret: SecretKind): void {
    // what is not known any more must not be sent again and again: the gateway limits wrong secrets
    if (secret === 'admin') {
      const had = this.#isAdmin;
      this.dropToken();
      if (had)
        this.#refusal = 'The gateway does not take the admin token any more: it was changed. Enter the present one.';
      return;
    }
    this.#secrets = { ...this.#secrets, apiKey: null };
    this.#hasKey = false;
    // the dialog opens by itself once; after a "Cancel" only on demand
    if (!this.#keyAskedFor) {
      this.#keyAskedFor = true;
      this.ask('key');
    }
  }
}

/** A browser may refuse to store anything: then the token is in memory only. */
function storeToken(token: string | null): void {
  try {
    if (token === null) sessionStorage.removeItem(TOKEN_KEY);
    else sessionStorage.setItem(TOKEN_KEY, token);
  } catch {}
}

function storedToken(): string | null {
  try {
    return sessionStorage.getItem(TOKEN_KEY);
  } catch {
    return null;
  }
}

export const session = new Session();
