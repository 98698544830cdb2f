import type { ConfigPatch, ConfigView } from '@coppice/contract';
import { api } from '../gateway/api.ts';
import { ApiError } from '../gateway/api-error.ts';
import { gateway } from '../gateway/gateway.svelte.ts';
import { sameSplit, toPercentWeights, type Weights, weightsProblem } from './weights.ts';

type Applied = { before: ConfigView; after: ConfigView };

/** The split that the visitor edits, based on the revision at which editing began, and the outcome of the last change. */
export class TrafficDraft {
  base = $state.raw<ConfigView | null>(null);
  weights = $state.raw<Record<string, number | null>>({});
  reason = $state('');
  applying = $state(false);
  /** Why the gateway refused what the editor sent. */
  refused = $state.raw<ApiError | null>(null);
  /** Why it refused what a dialog sent; stays while the page follows what is in force. */
  refusedDialog = $state.raw<ApiError | null>(null);
  /** The last change made here, which can be undone. */
  applied = $state.raw<Applied | null>(null);

  readonly problem = $derived(weightsProblem(this.weights));
  readonly valid = $derived(this.problem === null ? (this.weights as Weights) : null);
  readonly changed = $derived(this.base !== null && (!this.valid || !sameSplit(this.valid, this.base.weights)));
  /** Someone else has changed the split since editing began. */
  readonly outdated = $derived((gateway.config.value?.revision ?? 0) > (this.base?.revision ?? 0));

  /** Follows the split in force until editing begins. */
  follow(view: ConfigView): void {
    if (!this.base || (!this.changed && view.revision !== this.base.revision)) this.startFrom(view);
  }

  startFrom(view: ConfigView): void {
    this.base = view;
    this.weights = toPercentWeights(view.weights);
    this.refused = null;
  }

  /** Sets one weight; the others stay as they are. Null: the field is empty. */
  set(version: string, weight: number | null): void {
    this.weights = { ...this.weights, [version]: weight };
  }

  use(weights: Weights): void {
    this.weights = { ...weights };
  }

  /** Keeps the draft and bases it on the split in force, after the page has shown the change in between. */
  rebase(): void {
    this.base = gateway.config.value;
    this.refused = null;
  }

  async apply(): Promise<boolean> {
    if (!this.valid || !this.base) return false;
    const done = await this.#change({ weights: this.valid, reason: this.reason.trim(), revision: this.base.revision });
    if (done) this.reason = '';
    return done;
  }

  rollBack(reason: string): Promise<boolean> {
    return this.#change({ preset: 'rollback', reason }, 'refusedDialog');
  }

  /** Weights that a dialog proposes, for the revision that the visitor saw in it. */
  change(weights: Weights, reason: string, revision: number): Promise<boolean> {
    return this.#change({ weights, reason, revision }, 'refusedDialog');
  }

  setShadow(shadow: string | null, reason: string): Promise<boolean> {
    return this.#change({ shadow, reason });
  }

  async undo(): Promise<void> {
    const { before, after } = this.applied ?? {};
    if (!before || !after) return;
    const undone = await this.#change({
      ...(sameSplit(before.weights, after.weights) ? {} : { weights: before.weights }),
      ...(before.shadow === after.shadow ? {} : { shadow: before.shadow }),
      reason: `undo of revision ${after.revision}`,
      revision: after.revision,
    });
    if (undone) this.applied = null;
  }

  async #change(patch: ConfigPatch, refusal: 'refused' | 'refusedDialog' = 'refused'): Promise<boolean> {
    const before = gateway.config.value;
    this.applying = true;
    this[refusal] = null;
    try {
      const after = await api.changeConfig(patch);
      gateway.config.accept(after);
      if (patch.shadow === undefined || !this.changed) this.startFrom(after);
      else this.base = after;
      if (before) this.applied = { before, after };
      return true;
    } catch (error) {
      const refused = error instanceof ApiError ? error : new ApiError(0, String(error));
      this[refusal] = refused;
      if (refused.status === 409) void gateway.config.refresh();
      return false;
    } finally {
      this.applying = false;
    }
  }
}
