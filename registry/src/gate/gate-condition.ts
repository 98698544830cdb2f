import { type GateFigureName, gateFigure } from './gate-figures.ts';

/** One line of a gate. */
export type GateCondition =
  /** `class`: null for figures of all classes. */
  | { kind: 'figure'; figure: GateFigureName; class: string | null; bound: number }
  /** `margin`: of accuracy, 0–1. */
  | { kind: 'champion'; margin: number }
  /** `bound`: of the share of rows answered alike, 0–1. */
  | { kind: 'replay'; bound: number };

export const CHAMPION_WORDS = 'not worse than the champion by more than';
export const REPLAY_WORDS = 'replay agrees';

/** A condition as a line that parses to it. */
export function printCondition(condition: GateCondition): string {
  switch (condition.kind) {
    case 'champion':
      return `${CHAMPION_WORDS} ${plain(condition.margin)}`;
    case 'replay':
      return `${REPLAY_WORDS} >= ${plain(condition.bound)}`;
    case 'figure': {
      const { figure, class: name, bound } = condition;
      const of = name === null ? '' : `[${isPlainName(name) ? name : JSON.stringify(name)}]`;
      return `${figure}${of} ${gateFigure(figure).higher ? '>=' : '<='} ${plain(bound)}`;
    }
  }
}

/** Needs no quotes. */
export const isPlainName = (name: string) => /^[^\s\]["#\\]+( +[^\s\]["#\\]+)*$/.test(name);

/** Without an exponent, which no gate has: 1.5e-7 is 0.00000015. */
function plain(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e-');
  if (exponent === undefined) return mantissa;
  const digits = mantissa.replace(/[-.]/g, '');
  return `${value < 0 ? '-' : ''}0.${'0'.repeat(Number(exponent) - 1)}${digits}`;
}
