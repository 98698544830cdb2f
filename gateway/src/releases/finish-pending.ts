import type { AuditEntry, PendingChange } from '@coppice/contract';
import type { By, Current } from '@coppice/registry/registry';
import type { RegistryState } from '@coppice/registry/registry-state';
import type { Logger } from 'pino';
import type { Control } from '../control/control.ts';
import { equalWeights, pickWeights, totalWeight } from '../control/last-intent.ts';
import type { Serving } from './serving.ts';

type Deps = {
  /** The newest state. */
  look: () => Promise<Current>;
  finish: (pending: PendingChange, by: By) => Promise<Current>;
  control: Pick<Control, 'state' | 'update' | 'auditSince'>;
  /** In version order. */
  serving: () => readonly Serving[];
  /** Looks at what the first version serves. */
  lookAgain: () => Promise<void>;
  /** True when this gateway is the one that finishes; rejects while the database is away. */
  hold: () => Promise<boolean>;
  log: Pick<Logger, 'info'>;
};

/**
 * Finishes promotions and rollbacks: once the first version serves the champion, sets the weights, then says so in the
 * registry. Both may be done again after a crash in between, by any gateway.
 */
export class FinishPending {
  readonly #deps: Deps;
  #under: Promise<unknown> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The newest state after what could be done, or null when nothing was. Rejects while the registry is away. */
  run(state: RegistryState): Promise<Current | null> {
    const run = this.#under.then(() => this.#run(state));
    this.#under = run.catch(() => {});
    return run;
  }

  async #run({ pending, aliases }: RegistryState): Promise<Current | null> {
    const { look, finish, hold, log } = this.#deps;
    if (!pending) return null;
    if (pending.release === aliases.champion) {
      if (!(await this.#isServed(pending.release))) return null;
      // with the database away nobody knows who finishes it, and twice is as good as once
      if (!(await hold().catch(() => true))) return null;
      const now = await look();
      if (now.state.pending?.since !== pending.since) return now;
      await this.#setWeights(pending);
    }
    const { who, reason } = pending;
    const current = await finish(pending, { who, reason });
    log.info({ change: pending.change, release: pending.release, who }, 'the champion is served');
    return current;
  }

  async #isServed(release: number): Promise<boolean> {
    const { serving, lookAgain } = this.#deps;
    const isServed = () => serving()[0]?.release === release && serving()[0]?.ready === true;
    if (!isServed()) await lookAgain();
    return isServed();
  }

  async #setWeights(pending: PendingChange): Promise<void> {
    const { control, serving } = this.#deps;
    const { who, reason, since } = pending;
    const versions = serving().map(({ version }) => version);
    // another gateway, with other versions, may have begun this
    const known = pickWeights(pending.weights, versions);
    const weights = totalWeight(known) > 0 ? known : { ...known, [versions[0] as string]: 100 };
    const action = actionOf(pending);
    const isIt = (entry: AuditEntry) => entry.action === action && entry.who === who && entry.reason === reason;
    const audited = await control.auditSince(Date.parse(since)).catch(() => null);
    // what others set since then must stay
    if (audited?.some(isIt) ?? equalWeights(control.state().weights, weights)) return;
    await control.update({ weights }, { who, action, reason });
  }
}

const actionOf = ({ change, release }: PendingChange) =>
  change === 'promote' ? `promote release ${release}` : `rollback to release ${release}`;
