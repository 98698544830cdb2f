import type { AuditEntry } from '@coppice/contract';
import type { DatabaseHealth } from './database-health.ts';
import type { AuditedChange, ControlState, ControlStore } from './port/control-store.ts';
import { StorageUnavailableError } from './port/errors.ts';
import type { StoreLink } from './worker/worker-link.ts';

type Unsaved = { state: ControlState; change: AuditedChange };

/**
 * The control store over the record's database. While that is away, changes are kept in memory, and written when it is
 * back: an operator's decision must not wait for a disk.
 */
export class LinkedControlStore implements ControlStore {
  readonly #link: StoreLink<'control'>;
  readonly #health: DatabaseHealth;
  readonly #listeners: ((state: ControlState) => void)[] = [];
  #unsaved: Unsaved[] = [];
  #loaded = false;

  constructor(link: StoreLink<'control'>, health: DatabaseHealth) {
    this.#link = link;
    this.#health = health;
    health.onRecovered(() => this.#catchUp().catch((error) => health.failed(error)));
  }

  async load(): Promise<ControlState | null> {
    const pending = this.#unsaved.at(-1);
    if (pending) return pending.state;
    try {
      const state = await this.#link.call('control', 'load', []);
      this.#loaded = true;
      return state;
    } catch (error) {
      this.#failed(error);
      return null;
    }
  }

  async save(next: ControlState, change: AuditedChange): Promise<boolean> {
    if (this.#unsaved.length === 0) {
      try {
        return await this.#link.call('control', 'save', [next, change]);
      } catch (error) {
        this.#failed(error);
      }
    }
    const before = this.#unsaved.at(-1)?.state.revision;
    if (before !== undefined && next.revision !== before + 1) return false;
    this.#unsaved.push({ state: next, change });
    return true;
  }

  async audit(limit: number, beforeId?: number): Promise<AuditEntry[]> {
    return this.#link.call('control', 'audit', [limit, beforeId ?? null]);
  }

  onChange(listener: (state: ControlState) => void): void {
    this.#listeners.push(listener);
  }

  /** Another gateway saved a state: what is unsaved here came later, or will be written over it. */
  changed(state: ControlState): void {
    if (this.#unsaved.length === 0) for (const listener of this.#listeners) listener(state);
  }

  /** The database is back: writes what was decided meanwhile on top of what it holds, or reports what it holds. */
  async #catchUp(): Promise<void> {
    if (this.#unsaved.length === 0) {
      if (this.#loaded) return;
      const stored = await this.load();
      if (stored) this.changed(stored);
      return;
    }
    const stored = await this.#link.call('control', 'load', []);
    this.#loaded = true;
    let latest = stored;
    while (this.#unsaved[0]) {
      const { state, change } = this.#unsaved[0];
      const rebased = { ...state, revision: latest ? latest.revision + 1 : state.revision };
      // false: another gateway was faster; look again
      if (!(await this.#link.call('control', 'save', [rebased, change])))
        latest = await this.#link.call('control', 'load', []);
      else {
        latest = rebased;
        this.#unsaved.shift();
      }
    }
    if (latest) this.changed(latest);
  }

  #failed(error: unknown): void {
    if (!(error instanceof StorageUnavailableError)) throw error;
    this.#health.failed(error);
  }
}
