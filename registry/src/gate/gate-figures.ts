import type { ModelReport } from '@coppice/contract';

/** A figure, or why there is none: what is missing, and what brings it. */
export type Found = number | { missing: string; remedy: string };

type GateFigure = {
  /** Whether more of it is better: the bound is then the least, else the most. */
  higher: boolean;
  /** It is one class's: `recall[virginica]`. */
  perClass: boolean;
  /** What a bound may be. */
  from: number;
  to: number;
  /** Of the class of that name, where it is one class's. */
  of: (report: ModelReport, name: string) => Found;
};

const noProbabilities = { missing: 'the model gives no probabilities', remedy: 'leave the line out' };

/** The figures of a report that a gate can bound. The parser, its messages and the docs go by this table. */
export const gateFigures = {
  accuracy: { ...share(), of: (report) => report.accuracy.value },
  macro_f1: { ...share(), of: (report) => report.macro_f1 },
  log_loss: { ...atMost(0, 1000), of: (report) => report.log_loss ?? noProbabilities },
  calibration_error: { ...atMost(0, 1), of: (report) => report.calibration?.ece ?? noProbabilities },
  cost: {
    ...atMost(-1e9, 1e9),
    // a release never changes, nor does its report
    of: (report) =>
      report.business?.per_row ?? {
        missing: 'its report has no costs',
        remedy: 'npm run train -- --cost ACTUAL:ANSWERED=COST,… makes a release with them',
      },
  },
  recall: { ...share(true), of: ofClass('recall', 'no test row has the class') },
  precision: { ...share(true), of: ofClass('precision', 'no test row was answered with the class') },
  f1: { ...share(true), of: ofClass('f1', 'no test row has the class or was answered with it') },
  auc: {
    ...share(true),
    of: (report, name) => {
      if (!report.classes.includes(name)) return noClass(report, name);
      if (report.roc.length === 0) return noProbabilities;
      return (
        report.roc.find((one) => one.class === name)?.auc ?? {
          missing: 'the test rows all have the class, or none has it',
          remedy: 'test on rows with and without it',
        }
      );
    },
  },
} as const satisfies Record<string, GateFigure>;

export type GateFigureName = keyof typeof gateFigures;
export const gateFigureNames = Object.keys(gateFigures) as GateFigureName[];

/** The same table without its exact types. */
export const gateFigure = (name: GateFigureName): GateFigure => gateFigures[name];

function share(perClass = false) {
  return { higher: true, perClass, from: 0, to: 1 };
}

function atMost(from: number, to: number) {
  return { higher: false, perClass: false, from, to };
}

function ofClass(figure: 'recall' | 'precision' | 'f1', undefinedSince: string): GateFigure['of'] {
  return (report, name) => {
    const found = report.per_class.find((one) => one.class === name);
    if (!found) return noClass(report, name);
    return found[figure] ?? { missing: undefinedSince, remedy: 'test on rows of every class' };
  };
}

const noClass = ({ classes }: ModelReport, name: string) => ({
  missing: `the release has no class ${name}`,
  remedy: `its classes are ${classes.join(', ')}`,
});
