import type { RetrainJob } from '@coppice/contract';
import { expect, it } from 'vitest';
import { GatewayError } from '../gateway/gateway-client.ts';
import { untilDecided } from './until-decided.ts';

function waiting(looks: (() => Promise<void>)[], states: RetrainJob['state'][], ending = new AbortController()) {
  const said: string[] = [];
  const retrainer = {
    look: () => (looks.shift() ?? (async () => {}))(),
    idle: async () => {},
    stop: async () => void said.push('stopped'),
  };
  const find = async () => ({ state: states.shift(), decision: 'because' }) as RetrainJob;
  const say = (line: string) => said.push(line);
  const options = { retrainer, find, lookMs: 1, signal: ending.signal, say, warn: say };
  return { said, state: untilDecided('waits for approval', options) };
}

it('waits on while the gateway restarts, and says so once', async () => {
  const away = () => Promise.reject(new GatewayError('the gateway cannot be reached'));
  const { said, state } = waiting([away, away], ['waits for approval', 'rollout started']);
  expect([await state, said]).toEqual([
    'rollout started',
    ['the gateway cannot be reached; tries again every 0.001 s', 'rollout started: because'],
  ]);
});

it('ends by a signal, with a job that began since', async () => {
  const ending = new AbortController();
  const { said, state } = waiting([async () => ending.abort()], ['waits for approval'], ending);
  expect([await state, said]).toEqual(['waits for approval', ['stopped']]);
});
