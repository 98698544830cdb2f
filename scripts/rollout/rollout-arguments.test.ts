import { describe, expect, it } from 'vitest';
import { parseRolloutArguments, UsageError } from './rollout-arguments.ts';

const gateway = 'http://127.0.0.1:5000';
const read = (line: string) => parseRolloutArguments(line === '' ? [] : line.split(' '), {});
const common = { gateway, wait: false };

describe('npm run rollout', () => {
  it.each([
    ['', { do: 'help' }],
    ['--help', { do: 'help' }],
    ['status', { do: 'status', ...common }],
    ['status --wait --gateway https://a.example/', { do: 'status', gateway: 'https://a.example', wait: true }],
    ['start v2 --reason go', { do: 'start', body: { version: 'v2', reason: 'go' }, ...common }],
    [
      'start v2 -r go --wait --steps 1,5.5,10 --step-minutes 0.5 --step-requests 20 --max-step-hours 2',
      {
        do: 'start',
        body: {
          ...{ version: 'v2', reason: 'go', steps: [1, 5.5, 10], step_minutes: 0.5, step_requests: 20 },
          max_step_hours: 2,
        },
        ...{ gateway, wait: true },
      },
    ],
    [
      'start v2 -r go --baseline v1 --guardrails errors,outcome --require paired --revision 7',
      {
        do: 'start',
        body: {
          ...{ version: 'v2', baseline: 'v1', reason: 'go', require: 'paired', revision: 7 },
          guardrails: { errors: true, slow: false, accuracy: false, outcome: true },
        },
        ...common,
      },
    ],
    ['start v2 -r go --promote', { do: 'start', body: { version: 'v2', reason: 'go', promote: true }, ...common }],
    ['pause -r night', { do: 'pause', body: { reason: 'night' }, ...common }],
    ['resume -r day --step 5', { do: 'resume', body: { reason: 'day', step: 5 }, ...common }],
    ['promote -r sure --version v2', { do: 'promote', body: { reason: 'sure', version: 'v2' }, ...common }],
    ['abort -r no', { do: 'abort', body: { reason: 'no' }, ...common }],
  ])('reads "%s"', (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  it.each([
    ['begin v2', 'begin is not allowed: must be start, status, pause, resume, promote, abort'],
    ['start -r go', 'start needs one version'],
    ['start v2 v3 -r go', 'start needs one version'],
    ['start v2', 'a reason is required'],
    ['abort', 'a reason is required'],
    ['abort v2 -r no', 'v2 is not allowed: abort takes no word'],
    ['start v2 -r go --steps 5,1', '--steps is not allowed: must rise'],
    ['start v2 -r go --steps 5,,9', '--steps is not allowed'],
    ['start v2 -r go --step-minutes soon', '--step-minutes soon is not allowed: must be a number'],
    ['start v2 -r go --require luck', '--require is not allowed'],
    ['start v2 -r go --guardrails errors,luck', '--guardrails errors,luck is not allowed'],
    ['pause -r night --steps 1', '--steps does not belong to pause'],
    ['status -r x', '--reason does not belong to status'],
    ['status --gateway ftp://user:secret@host', '--gateway ftp://***@host is not allowed'],
    ['status --bogus', "Unknown option '--bogus'"],
  ])('refuses "%s"', (line, message) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(message);
  });
});
