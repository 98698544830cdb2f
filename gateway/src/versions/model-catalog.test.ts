import { cardWith, category, number, servedBy } from '@coppice/testkit/small-card';
import { describe, expect, it, vi } from 'vitest';
import { toClientError } from '../endpoints/client-errors.ts';
import { ModelCatalog } from './model-catalog.ts';

const card = (features: string[], classes: string[]) => cardWith(features.map(number), classes);
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
      card(['a', 'b'], ['x', 'z']),
      "its classes (x, z) differ from the other versions' (x, y)",
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
    expect(() => catalog.accept('v2', { ...sizes, card: card(['a', 'b'], ['y', 'z']) })).toThrow('its classes (y, z)');
    expect(replaced).toHaveBeenCalledTimes(2);
  });
});

describe('the features of a fleet', () => {
  const classes = ['x', 'y'];
  const v1 = servedBy(cardWith([number('a'), number('b'), number('c')], classes));
  const v2 = servedBy(cardWith([number('a'), category('c2', ['k']), number('c'), number('b'), number('d')], classes));
  const orders: [string, Parameters<ModelCatalog['accept']>[1]][][] = [
    [
      ['v1', v1],
      ['v2', v2],
    ],
    [
      ['v2', v2],
      ['v1', v1],
    ],
  ];

  it.each(orders)('are the union in version order, whatever version answers first', (...order) => {
    const catalog = new ModelCatalog();
    for (const [version, served] of order) catalog.accept(version, served);
    const { schema, features } = catalog.require();
    expect(features).toBe(schema.names);
    expect(features).toEqual(['a', 'b', 'c', 'c2', 'd']);
    expect(schema.specs.map(({ nullable }) => nullable)).toEqual([false, false, false, true, true]);
    expect(schema.arrayLengths).toEqual([3, 5]);
    expect(catalog.required('v1')).toEqual(['a', 'b', 'c']);
    expect(catalog.required('v2')).toEqual(['a', 'c2', 'c', 'b', 'd']);
  });

  it('keep their array of names until they change', () => {
    const catalog = new ModelCatalog();
    catalog.accept('v1', v1);
    const { features } = catalog.require();
    catalog.accept('v1', servedBy(cardWith([number('a'), number('b'), number('c')], classes)));
    catalog.accept('v3', v1);
    expect(catalog.require().features).toBe(features);
    catalog.accept('v2', v2);
    expect(catalog.require().features).not.toBe(features);
  });

  it('need no value that a card calls nullable, and then some versions differ in what they require', () => {
    const catalog = new ModelCatalog();
    catalog.accept('v1', v1);
    catalog.accept('v2', servedBy(cardWith([number('a'), number('b'), { ...number('c'), nullable: true }], classes)));
    expect(catalog.require().schema.specs.map(({ nullable }) => nullable)).toEqual([false, false, true]);
    expect(catalog.required('v2')).toEqual(['a', 'b']);
    expect(catalog.require().card?.features.map(({ nullable }) => nullable)).toEqual([false, false, true]);
  });

  it('are not of two kinds', () => {
    const catalog = new ModelCatalog();
    catalog.accept('v2', servedBy(cardWith([number('a')], classes)));
    const other = servedBy(cardWith([category('a', ['k'])], classes));
    expect(() => catalog.accept('v1', other)).toThrow("its feature a is a category, and v2's a number");
    expect(() => catalog.accept('v3', other)).toThrow("its feature a is a category, and v2's a number");
    expect(catalog.require().features).toEqual(['a']);
  });
});

describe('the classes of a fleet', () => {
  it('are in the order of the first version known, and the card of all is in it, too', () => {
    const catalog = new ModelCatalog();
    const first = cardWith([number('a')], ['x', 'y', 'z']);
    const second = cardWith([number('a')], ['z', 'x', 'y']);
    catalog.accept('v2', servedBy(second));
    expect(catalog.require().card).toBe(second);
    catalog.accept('v1', servedBy(first));
    const { classes, card } = catalog.require();
    expect(classes).toEqual(['z', 'x', 'y']);
    expect(card?.classes.map(({ name }) => name)).toEqual(classes);
    expect(card?.rows.map((row) => [card.classes[row.class]?.name, row.features])).toEqual(
      first.rows.map((row) => [first.classes[row.class]?.name, row.features]),
    );
    expect(card?.metrics.confusion).toEqual([
      [22, 20, 21],
      [2, 0, 1],
      [12, 10, 11],
    ]);
  });
});

describe('the card of a fleet', () => {
  it('is that of the first version while all have its features', () => {
    const catalog = new ModelCatalog();
    const second = cardWith([number('b'), number('a')], ['x', 'y']);
    const first = cardWith([number('a'), number('b')], ['x', 'y']);
    catalog.accept('v2', servedBy(second));
    catalog.accept('v1', servedBy(first));
    expect(catalog.require().card).toBe(first);
  });

  it('has each feature from the first version with it, and rows of the version with the most', () => {
    const catalog = new ModelCatalog();
    const first = cardWith([number('a', 1), number('b', 1)], ['x', 'y']);
    const second = cardWith([number('c', 2), number('a', 2), category('d', ['k'])], ['x', 'y']);
    catalog.accept('v1', servedBy(first));
    catalog.accept('v2', servedBy(second));
    const { card } = catalog.require();
    expect(card?.features.map(({ name, unit, nullable }) => [name, unit, nullable])).toEqual([
      ['a', '1', false],
      ['b', '1', true],
      ['c', '2', true],
      ['d', null, true],
    ]);
    const [row] = second.rows;
    expect(card?.rows[0]?.features).toEqual([row?.features[1], null, row?.features[0], row?.features[2]]);
    expect(card?.classes[0]?.typical).toHaveLength(4);
  });
});

describe('a server without a card', () => {
  const classes = ['x', 'y'];
  const carded = servedBy(
    cardWith(
      [number('a'), { ...number('b'), kind: 'date', header: 'b (day)' } as never, category('c', ['k'])],
      classes,
    ),
  );
  const column = (name: string, text = false) => ({ name, text });
  const foreign = (columns: { name: string; text: boolean }[]) => ({
    ...{ features: columns.length, classes: 2, card: null, columns },
  });

  it.each([['v1'], ['v3']])(
    'as %s has the features that its inputs are named after, as others describe them',
    (name) => {
      const catalog = new ModelCatalog();
      catalog.accept(name, foreign([column('c', true), column('b (day)'), column('new (feature)')]));
      expect(catalog.require().features).toEqual(['c', 'b (day)', 'new']);
      catalog.accept('v2', carded);
      expect(catalog.own(name)?.specs).toMatchObject([
        { name: 'c', kind: 'category', nullable: false },
        { name: 'b', kind: 'date', nullable: false },
        { name: 'new', kind: 'number', nullable: false },
      ]);
      expect(new Set(catalog.require().features)).toEqual(new Set(['a', 'b', 'c', 'new']));
      expect(catalog.require().card?.features.map((feature) => feature.name)).not.toContain('new');
    },
  );

  it('is refused where its inputs take other values than the features have', () => {
    const catalog = new ModelCatalog();
    catalog.accept('v1', carded);
    const texts = foreign([column('a', true)]);
    expect(() => catalog.accept('v2', texts)).toThrow("its feature a is a category, and v1's a number");
    expect(() => catalog.accept('v2', foreign([column('c')]))).toThrow(
      "its feature c is a number, and v1's a category",
    );
    expect(() => catalog.accept('v2', foreign([column('a'), column('a (feature)')]))).toThrow('two of its inputs');
    const single = { features: 3, classes: 2, card: null };
    expect(() => catalog.accept('v2', single)).toThrow("its one input takes numbers, and v1's feature c is a category");
    catalog.accept('v2', { ...single, byName: true });
    expect(catalog.own('v2')?.names).toEqual(['a', 'b', 'c']);
  });

  it('has, by position, the features of the first version with as many', () => {
    const catalog = new ModelCatalog();
    catalog.accept('v1', servedBy(card(['a', 'b'], classes)));
    catalog.accept('v2', servedBy(card(['b', 'c', 'a'], classes)));
    catalog.accept('v3', { features: 3, classes: 2, card: null });
    expect(catalog.own('v3')?.names).toEqual(['b', 'c', 'a']);
  });
});

it('knows each release that a version was found to serve by its number, also once another one came in', () => {
  const catalog = new ModelCatalog();
  const [old, next] = [card(['a', 'b'], ['x', 'y']), card(['a', 'b'], ['y', 'x'])];
  catalog.accept('v1', { ...sizes, card: old, release: '1' });
  const first = catalog.release('v1');
  catalog.accept('v1', { ...sizes, card: next, release: '2' });
  expect(catalog.release('v1', '1')).toBe(first);
  expect(catalog.release('v1', '2')).toBe(catalog.release('v1'));
  expect(catalog.release('v1', '2')).not.toBe(first);
  expect(catalog.release('v1', '3')).toBe(null);
});
