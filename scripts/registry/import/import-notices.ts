import type { ModelCard } from '@coppice/contract';
import { chanceOf } from './beyond-chance.ts';
import type { ClassesOf } from './class-order.ts';

/** What was decided about a model, one line each. */
export function importNotices(
  { metrics, decision }: Pick<ModelCard, 'metrics' | 'decision'>,
  { names, by }: ClassesOf,
  edits: { zipMap: boolean; outputs: boolean },
): string[] {
  const chance = chanceOf(metrics);
  const notices: [boolean, string][] = [
    [edits.zipMap, 'ZipMap is taken out: the probabilities are a tensor'],
    [edits.outputs, 'the outputs are the index of the class and the probabilities; others are taken out'],
    [
      by === 'sorted',
      `the model does not name its classes: they are taken to be ${names.join(', ')}, in this order (--classes gives another)`,
    ],
    [decision === 'threshold', 'the label is not always the most probable class: the card says "threshold"'],
    [
      metrics.accuracy < chance,
      `the model is right in ${percent(metrics.accuracy)} of the rows, and by chance in ${percent(chance)}`,
    ],
    [true, 'the figures are of all rows of the sample: they flatter a model that was trained on them'],
  ];
  return notices.flatMap(([holds, notice]) => (holds ? [notice] : []));
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
