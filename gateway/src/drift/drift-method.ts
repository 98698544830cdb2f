import type { DriftMethodName, DriftMethodResult } from '@coppice/contract';
import type { DriftConfig } from './drift-config.ts';
import type { Tested } from './significance.ts';

/**
 * Compares every feature's recent values with its training values at once, since levels and p-values depend on how many
 * features there are. Returns one finding per feature, null where there is nothing that the method could compare;
 * `drifted` is whether this method alone raises the alarm.
 */
export type DriftMethod<M extends DriftMethodName> = (
  features: readonly Tested[],
  config: Pick<DriftConfig, 'threshold'>,
) => (Finding<M> | null)[];

export type Finding<M extends DriftMethodName> = { result: DriftMethodResult<M>; drifted: boolean };
