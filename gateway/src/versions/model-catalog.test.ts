import type { ModelCard } from '@coppice/contract';
import { describe, expect, it, vi } from 'vitest';
import { toClientError } from '../endpoints/client-errors.ts';
import { ModelCatalog } from './model-catalog.ts';

/** Only what the catalog looks at. */
const card = (features: string[], classes: string[]) =>
  ({ features: features.map((name) => ({ name })), classes: classes.map((name) => ({ name })) }) as ModelCard;
const sizes = { features: 2, classes: 2 };

describe('what is known of the model', () => {
  it('is nothing before a version answered, which clients get as 503', () => {
    const catalog = new ModelCatalog();
    expect(catalog.shape()).toBe(null);
    const answer = () => {
      try {
        catalog.require();
      } catch (error) {
        throw toClientError(error);
      }
    };
    expect(answer).toThrow(expect.objectContaining({ status: 503, headers: { 'Retry-After': '1' } }));
  });

  it('comes from the first version with a card', async () => {
    const catalog = new ModelCatalog();
    catalog.accept('v2', sizes, card(['a', 'b'], ['x', 'y']));
    expect(await catalog.known).toMatchObject({ features: ['a', 'b'], classes: ['x', 'y'] });
    expect(catalog.card('v2')).not.toBe(null);
    expect(catalog.card('v1')).toBe(null);
  });

  it('gives a server without a card numbers for names, until another version tells them', () => {
    const catalog = new ModelCatalog();
    const told = vi.fn();
    catalog.onShape(told);
    catalog.accept('v1', sizes, null);
    expect(catalog.require()).toMatchObject({ features: ['feature_0', 'feature_1'], classes: ['class_0', 'class_1'] });
    catalog.accept('v2', sizes, card(['a', 'b'], ['x', 'y']));
    catalog.accept('v1', sizes, null);
    expect(catalog.require().features).toEqual(['a', 'b']);
    expect(told).toHaveBeenCalledTimes(2);
  });

  it.each([
    [
      { features: 2, classes: 2 },
      card(['b', 'a'], ['x', 'y']),
      'its features (b, a) are not those of the other versions (a, b)',
    ],
    [{ features: 2, classes: 3 }, card(['a', 'b'], ['x', 'y', 'z']), 'its classes (x, y, z) are not'],
    [{ features: 3, classes: 2 }, null, 'its features (3) are not those of the other versions (2)'],
    [{ features: 2, classes: 2 }, card(['a'], ['x', 'y']), 'its model card does not fit its tensors'],
  ])('refuses a version that does not fit: %j', (wrong, itsCard, message) => {
    const catalog = new ModelCatalog();
    catalog.accept('v1', sizes, card(['a', 'b'], ['x', 'y']));
    expect(() => catalog.accept('v2', wrong, itsCard)).toThrow(message);
    expect(catalog.card('v2')).toBe(null);
  });
});
