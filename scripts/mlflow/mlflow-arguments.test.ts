import { expect, it } from 'vitest';
import { parseMlflowArguments, UsageError } from './mlflow-arguments.ts';

const env = { MLFLOW_TRACKING_URI: 'http://ml:5000', MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'p' };
const mlflow = { url: 'http://ml:5000', login: { user: 'ada', password: 'p' } };

it.each<[string, object]>([
  ['--help', { do: 'help' }],
  ['sync --registry s3://b/p', { do: 'sync', registry: 's3://b/p', model: 'iris', mlflow }],
  ['status --registry r --model wine', { do: 'status', registry: '/home/me/r', model: 'wine', mlflow }],
])('%s is understood', (line, command) => {
  expect(parseMlflowArguments(line.split(' '), env, '/home/me')).toEqual(command);
});

it.each<[string, Record<string, string>, string]>([
  ['', env, 'no command: must be one of sync, status'],
  ['send', env, 'send: must be one of sync, status'],
  ['sync 7', env, 'sync 7: must be one of sync, status'],
  ['sync --force', env, "Unknown option '--force'"],
  ['sync', {}, 'MLFLOW_TRACKING_URI is missing'],
  ['sync', { MLFLOW_TRACKING_URI: 'sqlite:///x' }, 'MLFLOW_TRACKING_URI is not allowed'],
])('%j is refused', (line, given, why) => {
  const parse = () => parseMlflowArguments(line === '' ? [] : line.split(' '), given, '/home/me');
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(why);
});
