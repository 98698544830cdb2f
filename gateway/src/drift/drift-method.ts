import type { DriftMethodName, DriftMethodResult } from '@coppice/contract';
import type { DriftConfig } from './drift-config.ts';
import type { FeatureReference } from './reference.ts';

/**
 * Compares every feature's recent values with its training values at once, since levels and p-values depend on how many
 * features there are. `columns[i]` holds feature i's recent values, ascending. Returns one finding per feature;
 * `drifted` is whether this method alone raises the alarm.
 */
export type DriftMethod<M extends DriftMethodName> = (
  references: readonly FeatureReference[],
  columns: readonly (readonly number[])[],
  config: Pick<DriftConfig, 'threshold'>,
) => { result: DriftMethodResult<M>; drifted: boolean }[];
