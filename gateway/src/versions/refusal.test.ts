import { describe, expect, it } from 'vitest';
import { describeRefusal } from './refusal.ts';

const text = { 'content-type': 'text/plain; charset=utf-8' };
const describe_ = (status: number, body: unknown, headers = {}) =>
  describeRefusal({ status, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) });

describe('an answer other than 200', () => {
  it.each([
    ['the protocol', describe_(404, { error: 'Model iris not found' }), 'it answered 404: Model iris not found'],
    ['MLflow', describe_(400, { message: 'missing inputs\n[x]' }), 'it answered 400: missing inputs [x]'],
    ['FastAPI', describe_(422, { detail: [{ msg: 'a' }, { msg: 'b' }] }), 'it answered 422: a; b'],
    ['Starlette', describe_(405, { detail: 'Method Not Allowed' }), 'it answered 405: Method Not Allowed'],
    [
      'a traceback',
      describe_(500, 'Traceback:\n  File\nValueError: 3 features\n', text),
      'it answered 500: ValueError: 3 features',
    ],
    ['a page', describe_(502, '<html>', { 'content-type': 'text/html' }), 'it answered 502'],
    ['nothing', describe_(500, ''), 'it answered 500'],
    ['null', describe_(500, null), 'it answered 500'],
    ['an empty error', describe_(500, { error: '' }), 'it answered 500'],
    ['terminal codes', describe_(500, { error: '\u001b[31mred\u202e' }), 'it answered 500: [31mred'],
  ])('is described with the words of %s', (_, description, expected) => {
    expect(description).toBe(expected);
  });

  it('is described in at most 300 characters of its own', () => {
    expect(describe_(500, { error: 'x'.repeat(10_000) })).toBe(`it answered 500: ${'x'.repeat(300)}`);
  });
});
