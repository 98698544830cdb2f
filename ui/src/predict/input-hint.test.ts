import type { FeatureCard, FeatureValue } from '@coppice/contract';
import { expect, it } from 'vitest';
import { inputHint } from './input-hint.ts';

const common = { nullable: true, missing: 0.25 };
const number = { ...common, kind: 'number', min: 4.3, max: 7.9 } as FeatureCard;
const date = { ...common, kind: 'date', min: 19_844, max: 19_963.5 } as FeatureCard;
const boolean = { ...common, kind: 'boolean', share: 0.4 } as FeatureCard;
const category = { ...common, kind: 'category', values: [{ value: 'a', share: 0.6 }], other: 0.4 } as FeatureCard;
const whole = { ...common, kind: 'category', values: [{ value: 'a', share: 1 }], other: 0 } as FeatureCard;

it.each<[FeatureCard, FeatureValue | undefined, string, boolean]>([
  [number, 5, 'trained on 4.3–7.9', false],
  [number, 9, 'outside 4.3–7.9', true],
  [{ ...number, min: -2 } as FeatureCard, 5, 'trained on -2 to 7.9', false],
  [number, undefined, 'enter a number', true],
  [number, null, '25.0 % missing in training', false],
  [date, '2024-06-01', 'trained on 2024-05-01–2024-08-28', false],
  [date, '0024-06-01', 'outside 2024-05-01–2024-08-28', true],
  [date, undefined, 'enter a date', true],
  [boolean, false, '30.0 % yes in training', false],
  [category, 'a', '45.0 % in training', false],
  [category, 'b', 'unknown to the model: counts as other', true],
  [whole, 'b', 'unknown to the model: counts as none of these', true],
  [category, undefined, 'enter a value', true],
])('%j as %j: %s', (feature, value, text, warn) => expect(inputHint(feature, value)).toEqual({ text, warn }));
