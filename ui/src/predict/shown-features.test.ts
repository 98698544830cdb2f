import type { FeatureCard } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { shownFeatures } from './shown-features.ts';

const named = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `body_part_${i}`, unit: i === 3 ? 'mm' : null }) as FeatureCard);
const wish = { search: '', unfinished: () => false };
const backwards = (count: number) => Array.from({ length: count }, (_, i) => count - 1 - i);

describe('the features that are shown', () => {
  it('are the twelve most important of many', () => {
    expect(shownFeatures(named(64), { ...wish, order: backwards(64) })).toEqual(backwards(64).slice(0, 12));
  });

  it('are those that a search finds, whatever case and separators', () => {
    const search = (text: string) => shownFeatures(named(64), { ...wish, order: backwards(64), search: text });
    expect(search('Part 63')).toEqual([63]);
    expect(search('body_part_6')).toEqual([63, 62, 61, 60, 6]);
    expect(search(' mm ')).toEqual([3]);
    expect(search('nowhere')).toEqual([]);
  });

  it('never hide an input that lacks something', () => {
    const unfinished = (index: number) => index === 1;
    const order = backwards(64);
    expect(shownFeatures(named(64), { ...wish, order, unfinished }).at(-1)).toBe(1);
    expect(shownFeatures(named(64), { ...wish, order, unfinished, search: 'mm' })).toEqual([3, 1]);
  });
});
