import type { Leaves } from './forest/forest-trees.ts';
import { isIdentity, type Preparation } from './prepare/preparation.ts';

/** With so many classes a leaf of few rows has no class that it could vote for with reason. */
const manyClasses = 10;

/** Leaves that suit a table: shares for mixed tables and many classes (docs/tables.md has the figures), else votes. */
export function defaultLeaves(preparation: Preparation, classes: number): Leaves {
  return isIdentity(preparation) && classes < manyClasses ? 'votes' : 'shares';
}
