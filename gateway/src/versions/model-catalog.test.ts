import type { ModelCard } from '@coppice/contract';
import { describe, expect, it, vi } from 'vitest';
import { toClientError } from '../endpoints/client-errors.ts';
import { ModelCatalog } from './model-catalog.ts';

/** Only what the catalog reads. */
const card = (features: string[], classes: string[]) =>
  ({ features: features.map((name) => ({ name })), classes: classes.map((name) => ({ name })) }) as ModelCard;
const sizes = { features: 2, classes: 2 };

describe('the shape of the model', () => {
  it('is unknown before a version answers, which clients get as 503', () => {
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
    catalog.accept('v2', { ...sizes, card: card(['a', 'b'], ['x', 'y']) });
    expect(await catalog.known).toMatchObject({ features: ['a', 'b'], classes: ['x', 'y'] });
    expect(catalog.card('v2')).not.toBe(null);
    expect(catalog.card('v1')).toBe(null);
  });

  it('names the features of a server without a card by number, until another version sends a card', () => {
    const catalog = new ModelCatalog();
    const reported = vi.fn();
    catalog.onShape(reported);
    catalog.accept('v1', { ...sizes, card: null });
    expect(catalog.require()).toMatchObject({ features: ['feature_0', 'feature_1'], classes: ['class_0', 'class_1'] });
    catalog.accept('v2', { ...sizes, card: card(['a', 'b'], ['x', 'y']) });
    catalog.accept('v1', { ...sizes, card: null });
    expect(catalog.require().features).toEqual(['a', 'b']);
    expect(reported).toHaveBeenCalledTimes(2);
  });

  it.each([
    [
      { features: 2, classes: 2 },
      card(['b', 'a'], ['x', 'y']),
      "its features (b, a) differ from the other versions' (a, b)",
    ],
    [{ features: 2, classes: 3 }, card(['a', 'b'], ['x', 'y', 'z']), 'its classes (x, y, z) differ'],
    [{ features: 3, classes: 2 }, null, "its features (3) differ from the other versions' (2)"],
    [{ features: 2, classes: 2 }, card(['a'], ['x', 'y']), 'its model card does not fit its tensors'],
  ])('refuses a version that does not fit: %j', (wrong, itsCard, message) => {
    const catalog = new ModelCatalog();
    catalog.accept('v1', { ...sizes, card: card(['a', 'b'], ['x', 'y']) });
    expect(() => catalog.accept('v2', { ...wrong, card: itsCard })).toThrow(message);
    expect(catalog.card('v2')).toBe(null);
  });

  it('follows a version that serves another model which fits, and reports that', () => {
    const catalog = new ModelCatalog();
    const replaced = vi.fn();
    catalog.onReplaced(replaced);
    catalog.accept('v1', { ...sizes, card: card(['a', 'b'], ['x', 'y']) });
    catalog.accept('v2', { ...sizes, card: card(['a', 'b'], ['x', 'y']) });
    expect(replaced).not.toHaveBeenCalled();
    const newer = card(['a', 'b'], ['x', 'y']);
    catalog.accept('v1', { ...sizes, card: newer });
    expect(replaced.mock.calls).toEqual([['v1']]);
    expect(catalog.card('v1')).toBe(newer);
    expect(catalog.require().card).toBe(newer);
    catalog.accept('v2', { ...sizes, card: card(['a', 'b'], ['x', 'y']) });
    expect(catalog.require().card).toBe(newer);
    expect(() => catalog.accept('v2', { ...sizes, card: card(['a', 'b'], ['y', 'x']) })).toThrow('its classes (y, x)');
    expect(replaced).toHaveBeenCalledTimes(2);
  });
});
