import { monthOf, weekdayOf } from './calendar.ts';
import type { RawValue, Step } from './preparation.ts';

/** The numbers that a step makes of one raw value: those that a model with this preparation inside must make of it. */
export function prepareValue(step: Step, raw: RawValue): number[] {
  // tensors of text have no null: the empty text stands for it
  const isGap = raw === null || raw === '' || Number.isNaN(raw);
  const gap = step.missing ? [isGap ? 1 : 0] : [];
  if (step.kind === 'category') {
    const at = isGap ? -1 : step.words.indexOf(String(raw));
    const other = step.other ? [!isGap && at < 0 ? 1 : 0] : [];
    return [...step.words.map((_, i) => (i === at ? 1 : 0)), ...other, ...gap];
  }
  const value = isGap ? step.fill : Number(raw);
  return step.kind === 'date' ? [value, monthOf(value), weekdayOf(value), ...gap] : [value, ...gap];
}

/** The numbers of a whole row, in the order of the steps. */
export function prepareRow(steps: readonly Step[], raw: readonly RawValue[]): number[] {
  return steps.flatMap((step, i) => prepareValue(step, raw[i] as RawValue));
}
