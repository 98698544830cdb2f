import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseEvaluateArguments, UsageError } from './evaluate-arguments.ts';

const parse = (line: string, env = {}) => parseEvaluateArguments(line.split(' ').filter(Boolean), env, '/home/me');
const plain = {
  ...{ number: 7, against: undefined, costs: [], out: '/home/me/report-7', data: undefined },
  ...{ registry: fileURLToPath(new URL('../../artifacts/registry', import.meta.url)), model: 'iris' },
};

it.each<[string, object]>([
  ['7', plain],
  ['7 --against 4 --out there', { ...plain, against: 4, out: '/home/me/there' }],
  ['7 --cost a:b=1 --cost b:a=2,a:a=-1', { ...plain, costs: ['a:b=1', 'b:a=2,a:a=-1'] }],
  ['7 --data new.csv --target y', { ...plain, data: { file: '/home/me/new.csv', title: 'new.csv', target: 'y' } }],
  ['7 --registry s3://b/p --model wine', { ...plain, registry: 's3://b/p', model: 'wine' }],
])('reads "%s"', (line, evaluation) => {
  expect(parse(line)).toEqual(evaluation);
});

it('takes registry and model from the environment, and asks for help', () => {
  expect(parse('7', { ARTIFACTS_DIR: '/a', MODEL_NAME: 'wine' })).toMatchObject({
    registry: '/a/registry',
    model: 'wine',
  });
  expect(parse('--help')).toBeNull();
});

it.each([
  ['', /must be: npm run evaluate -- NUMBER/],
  ['7 8', /must be: npm run evaluate -- NUMBER/],
  ['v1', /v1 is not allowed: must be the number of a release/],
  ['7 --against champion', /champion is not allowed/],
  ['7 --against 7', /--against 7 is the release itself/],
  ['7 --target y', /--target belongs to --data/],
  ['7 --nonsense', /Unknown option/],
])('refuses "%s"', (line, message) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(message);
});
