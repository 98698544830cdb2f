import { configPatch, presetNames } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonPointer, parseInput } from './parse.ts';
import { HttpError } from './problem.ts';

const refusal = (schema: z.ZodType, value: unknown, where?: 'body' | 'query') => {
  try {
    parseInput(schema, value, where);
  } catch (error) {
    if (error instanceof HttpError) return { status: error.status, detail: error.message, errors: error.errors };
    throw error;
  }
  throw new Error('it was accepted');
};

describe('the answer to a wrong body or query', () => {
  it('names a bound that is not itself allowed, and one item in the singular', () => {
    const schema = z.object({ hours: z.number().gt(0).lt(5), steps: z.array(z.number()).min(1) });
    expect(refusal(schema, { hours: 0, steps: [1] }).detail).toBe('/hours of the body must be above 0.');
    expect(refusal(schema, { hours: 5, steps: [1] }).detail).toBe('/hours of the body must be below 5.');
    expect(refusal(schema, { hours: 1, steps: [] }).detail).toBe('/steps of the body must have at least 1 item.');
  });

  it.each([
    [{}, '/reason of the body is missing.', '/reason'],
    [{ reason: '' }, '/reason of the body must not be empty.', '/reason'],
    [{ reason: '   ' }, '/reason of the body must not be empty.', '/reason'],
    [{ reason: 5 }, '/reason of the body must be text.', '/reason'],
    [{ reason: 'x'.repeat(501) }, '/reason of the body must have at most 500 characters.', '/reason'],
    [{ reason: 'x', weights: { v1: 1.5 } }, '/weights/v1 of the body must be a whole number.', '/weights/v1'],
    [{ reason: 'x', weights: { 'a/b': -1 } }, '/weights/a~1b of the body must be at least 0.', '/weights/a~1b'],
    [{ reason: 'x', weights: { v1: '9' } }, '/weights/v1 of the body must be a number.', '/weights/v1'],
    [{ reason: 'x', weights: [1] }, '/weights of the body must be a JSON object.', '/weights'],
    [{ reason: 'x', preset: 'big' }, `/preset of the body must be one of ${presetNames.join(', ')}.`, '/preset'],
    [{ reason: 'x', wieghts: {} }, '/wieghts of the body is not a known field.', '/wieghts'],
    [undefined, 'The body is missing.', ''],
    [[], 'The body must be a JSON object.', ''],
    [null, 'The body must be a JSON object.', ''],
  ])('%j', (body, detail, pointer) => {
    expect(refusal(configPatch, body)).toMatchObject({ status: 400, detail, errors: [{ pointer }] });
  });

  it('names every wrong field at once', () => {
    const { errors } = refusal(configPatch, { weights: { v1: -1, v2: 0.5 } });
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/reason', '/weights/v1', '/weights/v2']);
  });

  it('explains the nearest form of a body that has two', () => {
    const id = '0198c5b2-7c00-7000-8000-000000000000';
    const one = z.strictObject({ prediction_id: z.uuid(), actual: z.string() });
    const oneOrMany = z.union([one, z.strictObject({ feedback: z.array(one) })]);
    expect(refusal(oneOrMany, { prediction_id: 'x', actual: 'setosa' }).detail).toBe(
      '/prediction_id of the body must be a UUID.',
    );
    expect(refusal(oneOrMany, { feedback: [{ prediction_id: id }] }).detail).toBe(
      '/feedback/0/actual of the body is missing.',
    );
  });

  it('reads a query', () => {
    const query = z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(100) });
    expect(parseInput(query, {}, 'query')).toEqual({ limit: 100 });
    expect(refusal(query, { limit: '0' }, 'query').detail).toBe('/limit of the query must be at least 1.');
    expect(refusal(query, { limit: 'ten' }, 'query').detail).toBe('/limit of the query must be a number.');
  });

  it('writes JSON Pointers', () => {
    expect(jsonPointer(['a', 0, 'b~/c'])).toBe('/a/0/b~0~1c');
  });
});
