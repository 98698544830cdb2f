import { HttpError } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { readFeatures } from './read-features.ts';

const names = ['length', 'a/b'];
const problems = (body: unknown) => {
  try {
    readFeatures(body, names);
  } catch (error) {
    if (error instanceof HttpError) return { status: error.status, pointers: error.errors?.map((one) => one.pointer) };
    throw error;
  }
  return undefined;
};

describe('readFeatures', () => {
  it.each([
    [{ features: [1, 2] }, true, [1, 2]],
    [{ features: { 'a/b': 2, length: 1 }, user: 'u', preview: true }, true, [1, 2]],
    [{ instances: [[1, 2], { length: 3, 'a/b': 4 }] }, false, [1, 2, 3, 4]],
  ])('reads %j', (body, single, values) => {
    expect(readFeatures(body, names)).toEqual({
      single,
      rows: values.length / 2,
      values: Float64Array.from(values),
    });
  });

  it.each([
    [null, undefined],
    [[[1, 2]], undefined],
    [{}, undefined],
    [{ features: [1, 2], instances: [[1, 2]] }, undefined],
    [{ feature: [1, 2] }, ['/feature']],
    [{ features: [1] }, ['/features']],
    [{ features: [1, 2, 3] }, ['/features']],
    [{ features: 'ab' }, ['/features']],
    [{ features: ['1', null] }, ['/features/0', '/features/1']],
    [{ features: [1, Number.POSITIVE_INFINITY] }, ['/features/1']],
    [{ features: { length: 1 } }, ['/features/a~1b']],
    [{ features: { length: 1, 'a/b': 2, 'c~d': 3 } }, ['/features/c~0d']],
    [{ instances: [] }, ['/instances']],
    [{ instances: {} }, ['/instances']],
    [{ instances: Array(1025).fill([1, 2]) }, ['/instances']],
    [{ instances: [[1, 2], [1, true], [false]] }, ['/instances/1/1']],
  ])('refuses %j with 400 and where', (body, pointers) => {
    expect(problems(body)).toEqual({ status: 400, pointers });
  });

  it('does not take a value from the prototype', () => {
    expect(() => readFeatures(JSON.parse('{"features":{"__proto__":{"length":1,"a/b":2}}}'), names)).toThrow(
      '/features/__proto__ is not a feature',
    );
  });
});
