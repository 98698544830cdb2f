import { describe, expect, it } from 'vitest';
import { parseExperimentArguments, UsageError } from './experiment-arguments.ts';

const gateway = 'http://127.0.0.1:5000';
const read = (line: string, env = {}) => parseExperimentArguments(line === '' ? [] : line.split(' '), env);

describe('npm run experiment', () => {
  it.each([
    ['', { do: 'status', gateway }],
    ['--help', { do: 'help' }],
    ['list --gateway https://a.example/', { do: 'list', gateway: 'https://a.example' }],
    ['plan', { do: 'plan', gateway }],
    ['status one', { do: 'status', gateway, name: 'one' }],
    ['start one -r x', { do: 'start', gateway, body: { name: 'one', metric: 'accuracy', effect: 0.02, reason: 'x' } }],
    [
      'start one -r x --baseline v2 --candidate v1 --candidate v3 --metric errors --margin 0.01 --effect 0.05 --revision 7',
      {
        ...{ do: 'start', gateway },
        body: {
          ...{ name: 'one', baseline: 'v2', candidates: ['v1', 'v3'], metric: 'errors', margin: 0.01, effect: 0.05 },
          ...{ reason: 'x', revision: 7 },
        },
      },
    ],
    ['stop one -r x --revision 7', { do: 'stop', gateway, name: 'one', body: { reason: 'x', revision: 7 } }],
  ])('reads "%s"', (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  it.each([
    ['go one', 'go is not allowed: must be plan, start, status, stop or list'],
    ['start', 'start needs a name'],
    ['start one', 'a reason is required'],
    ['start One -r x', 'the name is not allowed'],
    ['start one two -r x', 'two is not allowed: one name at a time'],
    ['start one -r x --metric speed', '--metric is not allowed'],
    ['start one -r x --margin none', '--margin none is not allowed: must be a number'],
    ['start one -r x --revision 1.5', '--revision is not allowed'],
    ['stop one -r x --metric errors', '--metric does not belong to stop'],
    ['status one -r x', '--reason does not belong to status'],
    ['status --gateway ftp://user:secret@host', '--gateway ftp://***@host is not allowed'],
    ['--bogus', "Unknown option '--bogus'"],
  ])('refuses "%s"', (line, message) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(message);
  });
});
