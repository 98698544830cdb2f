import type { ModelCard } from '@coppice/contract';

type Trained = Pick<ModelCard, 'data' | 'parameters'>;

/** Parameters that say how rows were chosen and split. */
const chosen = ['seed', 'testShare', 'sample', 'dropMissing', 'dropRare'];

/** Whether a release may know the test rows of another one already: both were trained by this trainer on files of these sums. */
export function comparisonNotes(against: number, other: Trained, own: Trained): string[] {
  if (other.data.sha256 !== own.data.sha256)
    return [`Release ${against} was trained on another file, which may hold some of these rows.`];
  const same =
    other.data.target === own.data.target && chosen.every((name) => other.parameters[name] === own.parameters[name]);
  return same
    ? []
    : [`Release ${against} was trained on some of these rows, since the same file was split in another way for it.`];
}
