import { rolloutStart } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { emptyForm, stepsProblem, toStart } from './rollout-form.ts';

const filled = { ...emptyForm('v2'), reason: ' more trees ' };

describe('the form that starts a rollout', () => {
  it('leaves to the gateway what the visitor does not write', () => {
    const start = toStart(filled, 7);
    expect(start).toEqual({ version: 'v2', reason: 'more trees', guardrails: filled.guardrails, revision: 7 });
    expect(rolloutStart.safeParse(start).success).toBe(true);
  });

  it('sends what the visitor writes, as the gateway accepts it', () => {
    const start = toStart({ ...filled, steps: '1, 5;50', minutes: '0.5', requests: '20', proof: 'replay' }, undefined);
    expect(start).toMatchObject({ steps: [1, 5, 50], step_minutes: 0.5, step_requests: 20, require: 'replay' });
    expect(rolloutStart.safeParse(start).success).toBe(true);
  });

  it('takes the numbers that a number input gives', () => {
    expect(toStart({ ...filled, minutes: 2, requests: null }, 1)).toMatchObject({ step_minutes: 2 });
  });

  it.each([
    ['', null],
    ['1 5 10', null],
    ['5, 1', 'rise'],
    ['1, 1', 'rise'],
    ['100', 'from 0.01 to 99.99'],
    ['one', 'from 0.01 to 99.99'],
    [Array.from({ length: 21 }, (_, i) => i + 1).join(), 'At most 20'],
  ])('the steps "%s" have the problem %s', (text, problem) => {
    if (problem === null) expect(stepsProblem(text)).toBeNull();
    else expect(stepsProblem(text)).toContain(problem);
  });

  it('names a promotion only where one is wanted', () => {
    expect(toStart({ ...filled, promote: true }, undefined)).toMatchObject({ promote: true });
    expect(toStart(filled, undefined)).not.toHaveProperty('promote');
  });
});
