import type { FeatureCard } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { inputParameters, readInputs } from './inputs-place.ts';
import { formatPlace, parsePlace } from './place.ts';

const feature = (name: string, kind: FeatureCard['kind'], nullable = false) =>
  ({ name, kind, nullable }) as FeatureCard;
const features = [
  feature('age', 'number', true),
  feature('sex & title', 'category', true),
  feature('adult', 'boolean'),
  feature('joined', 'date', true),
];
const names = features.map(({ name }) => name);
const read = (search: string) => readInputs(features, new URLSearchParams(search));

describe('inputs in the address', () => {
  it.each([
    [[4.5, 'Ms. "Ä"', true, '2024-03-31']],
    [[-1e-9, 'true', false, '2024-03-31T12:30+02:00']],
    [[null, null, false, null]],
    [[0, '12', true, null]],
    [[0, 'null', true, null]],
  ])('%j come back as they were', (values) => {
    const hash = formatPlace('predict', inputParameters(names, values));
    expect(readInputs(features, parsePlace(hash).parameters)).toEqual(values);
  });

  it('are undefined where the address says nothing', () => {
    expect(read('age=3')).toEqual([3, undefined, undefined, undefined]);
  });

  it('are undefined where the feature cannot have the value', () => {
    expect(read('age=oops&adult=maybe&joined=2024-02-31')).toEqual([undefined, undefined, undefined, undefined]);
    expect(read('adult=')).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('may have a boolean as a number, as older records do', () => {
    expect(read('adult=1')[2]).toBe(true);
  });
});
