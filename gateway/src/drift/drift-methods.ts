import type { DriftMethodName } from '@coppice/contract';
import type { DriftMethod } from './drift-method.ts';
import { ksMethod } from './ks-method.ts';
import { meanStdMethod } from './mean-std-method.ts';
import { psiMethod } from './psi-method.ts';

/** How each method of the contract's table is computed. */
export const methods: { [M in DriftMethodName]: DriftMethod<M> } = {
  ks: ksMethod,
  psi: psiMethod,
  mean_std: meanStdMethod,
};
