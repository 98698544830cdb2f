import { expect, it } from 'vitest';
import { parseRegistryArguments, UsageError } from './registry-arguments.ts';

const place = { registry: 'artifacts/registry', model: undefined };

it.each<[string, object]>([
  ['', { do: 'list', ...place }],
  ['audit --registry s3://b/p --model wine', { do: 'audit', registry: 's3://b/p', model: 'wine' }],
  ['show 7', { do: 'show', number: 7, ...place }],
  ['compare 4 7', { do: 'compare', numbers: [4, 7], ...place }],
  ['publish artifacts/v1', { do: 'publish', folder: 'artifacts/v1', reason: '', ...place }],
  [
    'alias challenger 7 -r why',
    { do: 'alias', alias: 'challenger', to: 7, expected: undefined, reason: 'why', ...place },
  ],
  ['alias champion none --expected 3', { do: 'alias', alias: 'champion', to: null, expected: 3, reason: '', ...place }],
  ['reject 7', { do: 'reject', number: 7, reason: '', ...place }],
  ['tag 7 team=a=b', { do: 'tag', number: 7, name: 'team', value: 'a=b', reason: '', ...place }],
  ['prune --keep 3', { do: 'prune', keep: 3, days: 90, reason: '', ...place }],
  [
    'import --model m.onnx --data s.csv --target y --name wine --drop a,b --classes x,y -r new',
    {
      ...{ do: 'import', registry: 'artifacts/registry', model: 'wine', file: 'm.onnx', data: 's.csv', target: 'y' },
      ...{ drop: ['a', 'b'], only: undefined, classes: ['x', 'y'], testRows: 10_000, reason: 'new' },
    },
  ],
  ['--help', { do: 'help' }],
])('reads "%s"', (line, command) => {
  expect(parseRegistryArguments(line.split(' ').filter(Boolean), {})).toEqual(command);
});

it('takes the place from the environment', () => {
  const of = (env: Record<string, string>) => parseRegistryArguments([], env);
  expect(of({ ARTIFACTS_DIR: '/a' })).toMatchObject({ registry: '/a/registry' });
  expect(of({ ARTIFACTS_DIR: '/a', REGISTRY_URL: 's3://b' })).toMatchObject({ registry: 's3://b' });
});

it.each([
  ['move 7', /move is not allowed: must be list, audit/],
  ['show', /must be: npm run registry -- show NUMBER/],
  ['show 0', /0 is not allowed: must be the number of a release/],
  ['compare 4', /must be: npm run registry -- compare NUMBER NUMBER/],
  ['alias best 7', /best is not allowed: must be champion or challenger/],
  ['tag 7 x', /x is not allowed: must be NAME=VALUE/],
  ['list --keep 3', /--keep does not belong to list/],
  ['show 7 --expected 3', /--expected does not belong to show/],
  ['import --model m.onnx', /import needs --model FILE\.onnx and --data FILE\.csv/],
  ['list --data s.csv', /--data does not belong to list/],
  ['prune --days long', /--days long is not allowed/],
  ['--nonsense', /Unknown option/],
])('refuses "%s"', (line, message) => {
  expect(() => parseRegistryArguments(line.split(' '), {})).toThrow(UsageError);
  expect(() => parseRegistryArguments(line.split(' '), {})).toThrow(message);
});
