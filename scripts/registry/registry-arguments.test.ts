import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseRegistryArguments, UsageError } from './registry-arguments.ts';

const registry = fileURLToPath(new URL('../../artifacts/registry', import.meta.url));
const place = { registry, model: undefined };
const cwd = '/home/me';

it.each<[string, object]>([
  ['', { do: 'list', ...place }],
  ['audit --registry s3://b/p --model wine', { do: 'audit', registry: 's3://b/p', model: 'wine' }],
  ['show 7', { do: 'show', number: 7, ...place }],
  ['compare 4 7', { do: 'compare', numbers: [4, 7], ...place }],
  ['gate 7 --gate gate.txt', { do: 'gate', number: 7, file: '/home/me/gate.txt', option: '--gate', ...place }],
  ['publish artifacts/v1', { do: 'publish', folder: '/home/me/artifacts/v1', reason: '', outbox: null, ...place }],
  [
    'alias challenger 7 -r why',
    { do: 'alias', alias: 'challenger', to: 7, expected: undefined, reason: 'why', ...place },
  ],
  ['alias champion none --expected 3', { do: 'alias', alias: 'champion', to: null, expected: 3, reason: '', ...place }],
  ['decline champion -r no', { do: 'decline', alias: 'champion', reason: 'no', ...place }],
  ['reject 7', { do: 'reject', number: 7, reason: '', ...place }],
  ['tag 7 team=a=b', { do: 'tag', number: 7, name: 'team', value: 'a=b', reason: '', ...place }],
  ['copy --to s3://b/m --model wine', { do: 'copy', registry, model: 'wine', to: 's3://b/m' }],
  ['copy --to there', { do: 'copy', ...place, to: '/home/me/there' }],
  ['prune --keep 3', { do: 'prune', keep: 3, days: 90, reason: '', ...place }],
  [
    'promote 7 --approve -r good --revision 4',
    {
      ...{ do: 'promote', gateway: 'http://127.0.0.1:5000' },
      body: { release: 7, approve: true, reason: 'good', revision: 4 },
    },
  ],
  ['promote 7 -r good', { do: 'promote', gateway: 'http://127.0.0.1:5000', body: { release: 7, reason: 'good' } }],
  ['rollback --gateway https://a.b/', { do: 'rollback', gateway: 'https://a.b', body: { reason: 'from a terminal' } }],
  [
    'import --model m.onnx --data s.csv --target y --name wine --drop a,b --classes x,y -r new',
    {
      ...{ do: 'import', registry, model: 'wine', file: 'm.onnx', data: 's.csv', target: 'y', outbox: null },
      ...{ drop: ['a', 'b'], only: undefined, classes: ['x', 'y'], testRows: 10_000, reason: 'new' },
    },
  ],
  ['--help', { do: 'help' }],
])('reads "%s"', (line, command) => {
  expect(parseRegistryArguments(line.split(' ').filter(Boolean), {}, cwd)).toEqual(command);
});

it('takes the place from the environment', () => {
  const of = (env: Record<string, string>) => parseRegistryArguments([], env, cwd);
  expect(of({ ARTIFACTS_DIR: '/a' })).toMatchObject({ registry: '/a/registry' });
  expect(of({ ARTIFACTS_DIR: '/a', REGISTRY_URL: 's3://b' })).toMatchObject({ registry: 's3://b' });
  expect(parseRegistryArguments(['gate', '7'], { GATE_FILE: ' /g ' }, cwd)).toMatchObject({
    file: '/g',
    option: 'GATE_FILE',
  });
});

it.each([
  ['move 7', /move is not allowed: must be list, audit/],
  ['show', /must be: npm run registry -- show NUMBER/],
  ['show 0', /0 is not allowed: must be the number of a release/],
  ['copy', /copy needs a place: --to s3/],
  ['copy --to s3:/b/models', /--to s3:\/b\/models is not allowed: must be s3:\/\/bucket\/prefix, or a folder/],
  ['copy --to s3://', /--to s3:\/\/ is not allowed/],
  ['copy --to https://b.s3.amazonaws.com', /--to https:.* is not allowed/],
  ['list --to s3://b', /--to does not belong to list/],
  ['gate 7', /gate needs a file: --gate FILE, or GATE_FILE/],
  ['list --gate x', /--gate does not belong to list/],
  ['compare 4', /must be: npm run registry -- compare NUMBER NUMBER/],
  ['alias best 7', /best is not allowed: must be champion or challenger/],
  ['tag 7 x', /x is not allowed: must be NAME=VALUE/],
  ['list --keep 3', /--keep does not belong to list/],
  ['show 7 --expected 3', /--expected does not belong to show/],
  ['import --model m.onnx', /import needs --model FILE\.onnx and --data FILE\.csv/],
  ['list --data s.csv', /--data does not belong to list/],
  ['prune --days long', /--days long is not allowed/],
  ['promote 7', /a reason is required/],
  ['promote -r x', /must be: npm run registry -- promote NUMBER/],
  ['rollback 7', /must be: npm run registry -- rollback/],
  ['rollback --approve', /--approve does not belong to rollback/],
  ['rollback --registry x', /--registry does not belong to rollback/],
  ['promote 7 -r x --gateway ftp://u:p@h', /--gateway ftp:\/\/\*\*\*@h is not allowed/],
  ['alias challenger 7 --gateway http://x', /--gateway does not belong to alias/],
  ['--nonsense', /Unknown option/],
])('refuses "%s"', (line, message) => {
  expect(() => parseRegistryArguments(line.split(' '), {}, cwd)).toThrow(UsageError);
  expect(() => parseRegistryArguments(line.split(' '), {}, cwd)).toThrow(message);
});
