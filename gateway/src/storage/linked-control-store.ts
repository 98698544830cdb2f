import { isDeepStrictEqual } from 'node:util';
import type { AuditEntry } from '@coppice/contract';
import type { DatabaseHealth } from './database-health.ts';
import type { IntentFile } from './intent-file.ts';
import type { AuditedChange, ControlState, ControlStore } from './port/control-store.ts';
import { StorageUnavailableError } from './port/errors.ts';
import type { StoreLink } from './worker/worker-link.ts';

type Unsaved = { state: ControlState; change: AuditedChange };

/**
 * The control store in the record's database. While that is down, it keeps changes in memory and writes them once the
 * database is back: an operator's decision must not wait for a disk. With SQLite the last state is in a file, too, and the
 * newer of the two counts.
 */
export class LinkedControlStore implements ControlStore {
  readonly #link: StoreLink<'control'>;
  readonly #health: DatabaseHealth;
  readonly #file: IntentFile | null;
  readonly #listeners: ((state: ControlState) => void)[] = [];
  #unsaved: Unsaved[] = [];
  #loaded = false;

  constructor(link: StoreLink<'control'>, health: DatabaseHealth, file: IntentFile | null = null) {
    this.#link = link;
    this.#health = health;
    this.#file = file;
    health.onRecovered(() => this.#catchUp().catch((error) => health.failed(error)));
  }

  async load(): Promise<ControlState | null> {
    const pending = this.#unsaved.at(-1);
    if (pending) return pending.state;
    const kept = await this.#readFile();
    let stored: ControlState | null;
    try {
      stored = await this.#link.call('control', 'load', []);
    } catch (error) {
      this.#health.note('intent', unreadable(error as Error, kept, this.#file));
      this.#failed(error, kept);
      return kept;
    }
    const state = kept && kept.revision > (stored?.revision ?? 0) ? await this.#putBack(kept, stored) : stored;
    if (state && !isDeepStrictEqual(state, kept)) await this.#keep(state);
    this.#health.note('intent', null);
    this.#loaded = true;
    return state;
  }

  async save(next: ControlState, change: AuditedChange): Promise<boolean> {
    if (this.#unsaved.length === 0) {
      try {
        const saved = await this.#link.call('control', 'save', [next, change]);
        if (saved) await this.#keep(next);
        return saved;
      } catch (error) {
        this.#failed(error);
      }
    }
    const before = this.#unsaved.at(-1)?.state.revision;
    if (before !== undefined && next.revision !== before + 1) return false;
    this.#unsaved.push({ state: next, change });
    await this.#keep(next);
    return true;
  }

  async audit(limit: number, beforeId?: number): Promise<AuditEntry[]> {
    return this.#link.call('control', 'audit', [limit, beforeId ?? null]);
  }

  onChange(listener: (state: ControlState) => void): void {
    this.#listeners.push(listener);
  }

  /** Another gateway saved a state. Changes unsaved here are newer, or will be written over it. */
  changed(state: ControlState): void {
    if (this.#unsaved.length === 0) for (const listener of this.#listeners) listener(state);
  }

  /** The database is back: writes the changes made meanwhile on top of its state, or reports its state. */
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
      const { state, change } = outlived(this.#unsaved[0], latest);
      const rebased = { ...state, revision: latest ? latest.revision + 1 : state.revision };
      // false: another gateway was faster; load again
      if (!(await this.#link.call('control', 'save', [rebased, change])))
        latest = await this.#link.call('control', 'load', []);
      else {
        latest = rebased;
        this.#unsaved.shift();
      }
    }
    this.#health.note('intent', null);
    if (!latest) return;
    await this.#keep(latest);
    this.changed(latest);
  }

  /** The database lost the last changes, or is another one than before. */
  async #putBack(kept: ControlState, stored: ControlState | null): Promise<ControlState> {
    const state = { ...kept, revision: stored ? stored.revision + 1 : kept.revision };
    const from = stored && { weights: stored.weights, shadow: stored.shadow };
    const to = { weights: kept.weights, shadow: kept.shadow };
    const reason = 'the database had an older state than intent.json';
    const change = { who: 'gateway', action: 'weights and shadow', reason, from, to };
    await this.#link.call('control', 'save', [state, change]);
    return state;
  }

  async #readFile(): Promise<ControlState | null> {
    try {
      return (await this.#file?.read()) ?? null;
    } catch (error) {
      this.#health.note('intent-file', `${(error as Error).message}: only the database has the last weights`);
      return null;
    }
  }

  async #keep(state: ControlState): Promise<void> {
    try {
      await this.#file?.write(state);
      this.#health.note('intent-file', null);
    } catch (error) {
      this.#health.note('intent-file', `The last weights cannot be kept in a file: ${(error as Error).message}`);
    }
  }

  #failed(error: unknown, kept: ControlState | null = null): void {
    if (error instanceof StorageUnavailableError) this.#health.failed(error);
    // with the file there is an answer, even if the state in the database is no state
    else if (!kept) throw error;
  }
}

/**
 * What a rollout decided while the database was away does not hold against a change that others made meanwhile: their state
 * stays, as a revision that is new to this gateway.
 */
function outlived(unsaved: Unsaved, latest: ControlState | null): Unsaved {
  if (unsaved.change.who !== 'rollout' || !latest || latest.revision < unsaved.state.revision) return unsaved;
  const { weights, shadow } = latest;
  const reason = `another change came before: ${unsaved.change.reason}`;
  const change = { ...unsaved.change, action: `${unsaved.change.action}, dropped`, reason };
  return { state: latest, change: { ...change, from: { weights, shadow }, to: { weights, shadow } } };
}

function unreadable({ message }: Error, kept: ControlState | null, file: IntentFile | null): string {
  const [first = ''] = message.split('\n');
  return kept
    ? `The database's weights cannot be read (${first}): those of ${file?.path} are in force`
    : `The database's weights cannot be read (${first}): the environment's are in force`;
}
