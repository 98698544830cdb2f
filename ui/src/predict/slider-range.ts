import type { MeasuredCard } from '@coppice/contract';
import { DAYS } from '@coppice/serverkit/iso-date';
import { stepDecimals } from '../parts/format.ts';

export type SliderRange = { min: number; max: number; step: number };
type Figures = Pick<MeasuredCard, 'min' | 'max' | 'step'>;

/**
 * The range of a feature's slider: the training range and a quarter of it on each side, so that a visitor can go beyond
 * it, but not below zero when no training value is. Both ends lie on the step.
 */
export function sliderRange({ min, max, step }: Figures): SliderRange {
  const margin = (max - min || Math.abs(max) || 1) / 4;
  const low = Math.floor((min - margin) / step + 1e-9) * step;
  const high = Math.ceil((max + margin) / step - 1e-9) * step;
  return { min: clean(min >= 0 ? Math.max(0, low) : low, step), max: clean(high, step), step };
}

/** The days that a date is swept through: the training range, and a quarter of it on each side. */
export function dateRange({ min, max, step }: Figures): SliderRange {
  const margin = (max - min || 1) / 4;
  return {
    min: Math.max(DAYS.min, Math.floor(min - margin)),
    max: Math.min(DAYS.max, Math.ceil(max + margin)),
    step: Math.min(1, step),
  };
}

/** The value on the slider's step nearest to a number, inside the range. */
export function onStep(value: number, { min, max, step }: SliderRange): number {
  return clean(Math.min(max, Math.max(min, min + Math.round((value - min) / step) * step)), step);
}

/** The position of a value on the slider, 0–1. */
export const position = (value: number, { min, max }: SliderRange) => (value - min) / (max - min || 1);

function clean(value: number, step: number): number {
  return Number(value.toFixed(stepDecimals(step)));
}
