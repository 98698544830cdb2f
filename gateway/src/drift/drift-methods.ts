import type { DriftMethodName } from '@coppice/contract';
import { chiSquareMethod } from './chi-square-method.ts';
import type { DriftMethod } from './drift-method.ts';
import { ksMethod } from './ks-method.ts';
import { meanStdMethod } from './mean-std-method.ts';
import { psiMethod } from './psi-method.ts';

/** Implementation of each method in the contract's table. */
export const methods: { [M in DriftMethodName]: DriftMethod<M> } = {
  ks: ksMethod,
  chi_square: chiSquareMethod,
  psi: psiMethod,
  mean_std: meanStdMethod,
};
