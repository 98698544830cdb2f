import { Client, type ClientConfig } from 'pg';
import type { ControlState } from '../port/control-store.ts';
import { CONTROL_CHANNEL } from './postgres-control.ts';

const RETRY_MS = 500;
/** A connection that was cut silently is found by this check, not by a notification that never comes. */
const CHECK_MS = 5_000;

type Dependencies = {
  load(): Promise<ControlState | null>;
  changed(state: ControlState): void;
};

/**
 * Receives other gateways' changes by LISTEN over a connection of its own. After a gap it reads the state again, so that
 * nothing that was announced meanwhile is missed.
 */
export class ControlListener {
  readonly #config: ClientConfig;
  readonly #load: () => Promise<ControlState | null>;
  readonly #changed: (state: ControlState) => void;
  #client: Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #seen = 0;
  #stopped = false;

  constructor(config: ClientConfig, { load, changed }: Dependencies) {
    this.#config = config;
    this.#load = load;
    this.#changed = changed;
  }

  /** This gateway's own knowledge: a state up to this revision is no news. */
  knows(revision: number): void {
    this.#seen = Math.max(this.#seen, revision);
  }

  async start(): Promise<void> {
    const client = new Client(this.#config);
    this.#client = client;
    client.on('error', () => this.#restart(client));
    client.on('end', () => this.#restart(client));
    client.on('notification', () => this.#look(client));
    try {
      await client.connect();
      await client.query(`LISTEN ${CONTROL_CHANNEL}`);
      await this.#look(client);
      this.#check(client);
    } catch {
      this.#restart(client);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#client?.end().catch(() => {});
  }

  async #look(client: Client): Promise<void> {
    try {
      const state = await this.#load();
      if (!state || state.revision <= this.#seen) return;
      this.#seen = state.revision;
      this.#changed(state);
    } catch {
      this.#restart(client);
    }
  }

  #check(client: Client): void {
    this.#timer = setTimeout(async () => {
      if (client !== this.#client) return;
      try {
        await client.query('SELECT 1');
        this.#check(client);
      } catch {
        this.#restart(client);
      }
    }, CHECK_MS);
  }

  #restart(client: Client): void {
    if (client !== this.#client || this.#stopped) return;
    this.#client = null;
    if (this.#timer) clearTimeout(this.#timer);
    client.end().catch(() => {});
    this.#timer = setTimeout(() => this.start(), RETRY_MS);
  }
}
