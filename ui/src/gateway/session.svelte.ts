import { createApi } from './create-api.ts';
import type { SecretKind, Secrets } from './http-client.ts';
import { Poll } from './poll.svelte.ts';

/** Owns the secrets of this tab, in memory only, and knows which one the visitor has to enter. */
class Session {
  #isAdmin = $state(false);
  #hasKey = $state(false);
  #asksFor = $state<SecretKind | null>(null);
  #secrets: Secrets = { adminToken: null, apiKey: null };
  #keyAskedFor = false;

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
      this.useToken(secret);
    } else {
      await trial.predictions({ limit: '1' });
      this.#useKey(secret);
    }
  }

  useToken(adminToken: string): void {
    this.#secrets = { ...this.#secrets, adminToken };
    this.#isAdmin = true;
    this.stopAsking();
    Poll.refreshAll();
  }

  dropToken(): void {
    this.#secrets = { ...this.#secrets, adminToken: null };
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
      this.dropToken();
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

export const session = new Session();
