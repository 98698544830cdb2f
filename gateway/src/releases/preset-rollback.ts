import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigPatch, ConfigView } from '@coppice/contract';
import { ChangeRefusedError } from '@coppice/registry/errors';
import type { RegistryState } from '@coppice/registry/registry-state';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import type { Control } from '../control/control.ts';
import { wantedIntent } from '../control/wanted-intent.ts';

type Deps = {
  control: Pick<Control, 'state' | 'view' | 'patch'>;
  look: () => Promise<unknown>;
  /** What was seen last. */
  seen: () => Pick<RegistryState, 'aliases' | 'previous'>;
  /** Takes the last promotion back. */
  rollback: () => Promise<unknown>;
};

/** Weights need not wait longer for a registry that is slow. */
const FRESH_MS = 1000;

/**
 * The preset `rollback`: takes a promotion back, release and weights, if the champion is the challenger still; weights alone
 * would leave the release in the first version. Weights alone are set where there is none to take back, and where the
 * registry does not take the change: then it rejects with that, once they are set.
 */
export async function presetRollback(
  patch: ConfigPatch,
  who: string,
  { control, look, seen, rollback }: Deps,
): Promise<ConfigView> {
  const looked = await Promise.race([
    look().then(
      () => true,
      () => false,
    ),
    sleep(FRESH_MS, false),
  ]);
  const { weights, shadow, revision } = control.state();
  // which says what came first
  if (!isFresh(seen()) || (patch.revision ?? revision) !== revision) return control.patch(patch, who);
  const intent = wantedIntent(patch, { weights, shadow }, Object.keys(weights));
  // weights wait for no registry
  if (!looked) await control.patch(patch, who);
  try {
    await rollback();
  } catch (error) {
    if (looked) await control.patch(patch, who);
    // somebody else took it back
    if (error instanceof ChangeRefusedError) return control.view();
    if (!(error instanceof StoreUnavailableError)) throw error;
    const { champion } = seen().aliases;
    throw new StoreUnavailableError(
      `${error.message}; weights are rolled back, and release ${champion} stays champion`,
      { cause: error },
    );
  }
  return intent.shadow === shadow || !looked
    ? control.view()
    : control.patch({ shadow: intent.shadow, reason: patch.reason }, who);
}

function isFresh({ aliases, previous }: Pick<RegistryState, 'aliases' | 'previous'>): boolean {
  return previous !== null && aliases.champion !== null && aliases.champion === aliases.challenger;
}
