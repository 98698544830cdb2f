import type { ModelReport } from '@coppice/contract';

type Figures = { precision: number; recall: number; 'f1-score': number; support: number };

/** The shape of scikit-learn's `classification_report(output_dict=True, zero_division=0)`. */
export function classificationReport({ per_class, accuracy, rows }: ModelReport): Record<string, Figures | number> {
  const figures = per_class.map((one): [string, Figures] => [
    one.class,
    { precision: one.precision ?? 0, recall: one.recall ?? 0, 'f1-score': one.f1 ?? 0, support: one.support },
  ]);
  const average = (weight: (of: Figures) => number): Figures => {
    const total = figures.reduce((sum, [, of]) => sum + weight(of), 0);
    const mean = (value: (of: Figures) => number) =>
      total === 0 ? 0 : figures.reduce((sum, [, of]) => sum + weight(of) * value(of), 0) / total;
    return {
      precision: mean((of) => of.precision),
      recall: mean((of) => of.recall),
      'f1-score': mean((of) => of['f1-score']),
      support: rows,
    };
  };
  return Object.fromEntries<Figures | number>([
    ...figures,
    ['accuracy', accuracy.value],
    ['macro avg', average(() => 1)],
    ['weighted avg', average(({ support }) => support)],
  ]);
}
