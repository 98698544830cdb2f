import type { RolloutReport } from '@coppice/contract';
import { expect, it } from 'vitest';
import { UnreachableError } from './ask-rollout.ts';
import { followRollout } from './follow-rollout.ts';

const report = (state: string, reasons: string[]) => {
  const moves = reasons.map((reason) => ({ time: '2026-01-01T10:00:00Z', who: 'a', state, percent: 1, reason }));
  return { revision: 1, rollout: { period: 7, state, moves, look: null } } as unknown as RolloutReport;
};

it('returns what it saw at the end, so that a gateway that goes away then cannot hide it', async () => {
  const printed: string[] = [];
  const answers = [new UnreachableError('away'), report('rolled_back', ['go', 'errors violated'])];
  const ask = async () => {
    const answer = answers.shift() ?? new UnreachableError('away');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const end = await followRollout(report('running', ['go']), { ask, print: (line) => printed.push(line), everyMs: 1 });
  expect(end.rollout.state).toBe('rolled_back');
  expect(printed.map((line) => line.split(': ')[1])).toEqual(['go', 'errors violated']);
});
