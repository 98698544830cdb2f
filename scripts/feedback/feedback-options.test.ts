import { describe, expect, it } from 'vitest';
import { readFeedbackOptions, UsageError } from './feedback-options.ts';

const read = (line: string, env = {}) => readFeedbackOptions(line.split(' ').filter(Boolean), env, '/home/ann');

describe('the command line of feedback', () => {
  it('names file, key and columns', () => {
    expect(read('--data a/labels.csv --reference order_id --actual churned', { API_KEY: ' key ' })).toEqual({
      ...{
        data: '/home/ann/a/labels.csv',
        key: { by: 'reference', column: 'order_id' },
        actual: 'churned',
        outcome: null,
      },
      ...{ unmatched: '/home/ann/a/labels.unmatched.csv', gateway: 'http://127.0.0.1:5000', apiKey: 'key' },
    });
    const more = '--data x --id id --outcome revenue --unmatched /tmp/y --gateway http://a:1/b/ --api-key k';
    expect(read(more)).toEqual({
      ...{ data: '/home/ann/x', key: { by: 'prediction_id', column: 'id' }, actual: null, outcome: 'revenue' },
      ...{ unmatched: '/tmp/y', gateway: 'http://a:1/b', apiKey: 'k' },
    });
    expect(read('--help')).toBeNull();
  });

  it.each([
    ['--reference a --actual b', '--data'],
    ['--data x --actual b', '--reference or --id'],
    ['--data x --reference a --id c --actual b', '--reference or --id'],
    ['--data x --reference a', '--actual and --outcome'],
    ['--data x.csv --reference a --actual b --unmatched ./x.csv', 'another file'],
    ['--data x --reference a --actual b --gateway ftp://h', 'http://'],
    ['--data x --labels', '--labels'],
    ['labels.csv', 'labels.csv'],
  ])('is refused as %s', (line, words) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(words);
  });
});
