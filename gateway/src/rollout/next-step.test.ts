// Over 300 lines: the table of states row by row, and the properties that hold whatever happens.
import type { GuardrailView, RolloutState } from '@coppice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from './evidence.ts';
import { percentOf } from './moved.ts';
import { type NextStep, nextStep, type Sight, type StepClock } from './next-step.ts';
import { rolloutWeights } from './rollout-weights.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const five = { v1: 95, v2: 5 };

const rollout = (changes: Partial<RolloutState> = {}): RolloutState => ({
  ...{ version: 'v2', baseline: 'v1', state: 'running', paused_by: null, period: 1, step_period: 2, checks_period: 1 },
  ...{ steps: [1, 5, 50], step: 1, percent: 5, weights: five, releases: { candidate: 'b', baseline: 'a' } },
  ...{ step_minutes: 5, step_requests: 100, max_step_hours: 24, guardrails: ['errors', 'slow', 'accuracy'] },
  ...{ require: null, who: 'admin', reason: 'x', started: '2026-01-01T00:00:00Z', moves: [] },
  ...changes,
});
const guardrail = (status: GuardrailView['status'], name: GuardrailView['name'] = 'errors'): GuardrailView => ({
  ...{ name, status, log_e: 1, limit: 4, candidate: 0.02, baseline: 0.01, difference: 0.01, low: 0, high: 0.02 },
  ...{ n: { candidate: 100, baseline: 900 }, words: `${name} is ${status}` },
});
const evidence = (changes: Partial<Evidence> = {}): Evidence => ({
  guardrails: [guardrail('ok')],
  checks: { sample_ratio: { alarm: false, log_e: 0 }, feedback: { alarm: false, log_e: 0 } },
  ...{ early: [], stepRequests: 100, failed: 0, proven: { errors: true, accuracy: true } },
  ...changes,
});
const sight = (changes: Partial<Sight> = {}): Sight => ({
  ...{ unready: null, unreadyMs: 0, ejections: 0, baselineUnready: null, writable: true },
  ...{ releases: { candidate: 'b', baseline: 'a' } },
  ...changes,
});
const clock = (runMs = 5 * MINUTE, ageMs = runMs): StepClock => ({ runMs, ageMs });
const seen: Parameters<typeof nextStep>[1] = {
  weights: five,
  evidence: evidence(),
  fresh: true,
  sight: sight(),
  clock: clock(),
};
const bySelf = { state: 'paused', paused_by: 'self' } as const;
const byHuman = { state: 'paused', paused_by: 'human' } as const;
const last = { step: 2, percent: 50 };
const violated = evidence({ guardrails: [guardrail('ok', 'slow'), guardrail('violated', 'accuracy')] });
const alarm = (name: 'sample_ratio' | 'feedback') =>
  evidence({ checks: { ...evidence().checks, [name]: { alarm: true, log_e: 9 } } });
const stays = (held: string | null, waits: string | null = null) => ({ to: 'stay', held, waits });

type Row = [event: string, state: Partial<RolloutState>, event: Partial<typeof seen>, next: object];

/** The table of states, row by row. */
const table: Row[] = [
  ['a guardrail is violated', {}, { evidence: violated }, { to: 'rolled_back', reason: 'accuracy is violated' }],
  [
    'the candidate is ejected twice in a step',
    {},
    { sight: sight({ ejections: 2 }) },
    { to: 'rolled_back', reason: 'v2 was ejected 2 times in this step' },
  ],
  [
    'it is not ready for 60 s',
    {},
    { sight: sight({ unready: 'no answer', unreadyMs: MINUTE }) },
    { to: 'rolled_back', reason: 'v2 has not been ready for 60 seconds: no answer' },
  ],
  [
    'the step may pass',
    {},
    {},
    { to: 'running', step: 2, reason: '5 % for 5 minutes with 100 requests: errors is ok' },
  ],
  ['the last step may finish', last, {}, { to: 'done', reason: expect.stringContaining('50 % for 5 minutes') }],
  [
    'it may finish without any feedback',
    { ...last, guardrails: ['errors', 'accuracy'] },
    {
      evidence: evidence({
        guardrails: [guardrail('ok'), guardrail('not enough data', 'accuracy')],
        proven: { errors: true, accuracy: null },
      }),
    },
    { to: 'done', reason: expect.stringContaining('errors is ok; accuracy not judged: no feedback') },
  ],
  [
    'errors are not proven at the last step',
    last,
    { evidence: evidence({ proven: { errors: false, accuracy: null } }) },
    stays(null, 'proof that errors are at most 1 point more'),
  ],
  [
    'accuracy is not proven at the last step',
    last,
    { evidence: evidence({ proven: { errors: true, accuracy: false } }) },
    stays(null, 'proof that accuracy is at most 2 points lower'),
  ],
  [
    'proof is missing before the last step',
    {},
    { evidence: evidence({ proven: { errors: false, accuracy: false } }) },
    { to: 'running', step: 2 },
  ],
  ['the step is too short', {}, { clock: clock(5 * MINUTE - 1) }, stays(null, '5 minutes of 5 minutes')],
  ['it has too few requests', {}, { evidence: evidence({ stepRequests: 99 }) }, stays(null, '99 of 100 requests')],
  [
    'there is no traffic',
    {},
    { evidence: evidence({ stepRequests: 0, guardrails: [] }) },
    stays(null, '0 of 100 requests'),
  ],
  [
    'the candidate is not ready',
    {},
    { sight: sight({ unready: 'no answer', unreadyMs: MINUTE - 1 }) },
    stays('v2 is not ready: no answer'),
  ],
  [
    'it is ejected once',
    {},
    { sight: sight({ unready: 'its last requests failed', ejections: 1 }) },
    stays('v2 is not ready: its last requests failed'),
  ],
  [
    'the baseline is not ready',
    {},
    { sight: sight({ baselineUnready: 'no answer' }) },
    stays('v1 is not ready: no answer'),
  ],
  [
    'a guardrail is violated while the baseline is not ready and could not answer in its place',
    {},
    { evidence: violated, sight: sight({ baselineUnready: 'no answer' }) },
    stays('v1 is not ready (no answer) and cannot take the traffic back: accuracy is violated'),
  ],
  [
    'the same while it is paused by itself',
    bySelf,
    { evidence: violated, sight: sight({ baselineUnready: 'no answer' }) },
    stays('v1 is not ready (no answer) and cannot take the traffic back: accuracy is violated'),
  ],
  [
    'a guardrail is violated while neither version is ready',
    {},
    { evidence: violated, sight: sight({ baselineUnready: 'no answer', unready: 'no answer', unreadyMs: 1 }) },
    { to: 'rolled_back' },
  ],
  [
    'evidence of harm is strong but from too short a time',
    {},
    { evidence: evidence({ early: ['errors', 'slow'] }) },
    stays(null, 'one minute of traffic, to judge errors and slow'),
  ],
  [
    'the record cannot be written',
    {},
    { sight: sight({ writable: false }), fresh: false },
    stays('the record cannot be written'),
  ],
  ['what was counted cannot be read', {}, { fresh: false }, stays('what was counted cannot be read')],
  ['nothing was ever read', {}, { evidence: null, fresh: false }, stays('what was counted cannot be read')],
  [
    'feedback does not match',
    {},
    { evidence: alarm('feedback') },
    stays(expect.stringContaining('do not get feedback equally often')),
  ],
  [
    'requests are not assigned by the weights',
    {},
    { evidence: alarm('sample_ratio') },
    { to: 'paused', by: 'self', reason: 'requests are not assigned by the weights (ln E 9.0)' },
  ],
  [
    'the candidate serves another release',
    {},
    { sight: sight({ releases: { candidate: 'c', baseline: 'a' } }) },
    { to: 'paused', by: 'self', reason: 'v2 serves another release than when the rollout started or resumed' },
  ],
  [
    'its release is not known just now',
    {},
    { sight: sight({ releases: { candidate: null, baseline: null } }) },
    { to: 'running' },
  ],
  [
    'the step is older than a day without traffic',
    {},
    { clock: clock(24 * HOUR), evidence: evidence({ stepRequests: 7 }) },
    { to: 'paused', by: 'self', reason: 'too little traffic after 24 hours at 5 %: 7 of 100 requests' },
  ],
  [
    'the last step is older than a day without proof',
    last,
    { clock: clock(24 * HOUR), evidence: evidence({ proven: { errors: false, accuracy: null } }) },
    {
      to: 'paused',
      by: 'self',
      reason: 'not proven after 24 hours at 50 %: proof that errors are at most 1 point more',
    },
  ],
  ['its weights are not in force', {}, { weights: { v1: 50, v2: 50 } }, { to: 'paused', by: 'human' }],
  [
    'its weights are not in force while it is paused by itself',
    bySelf,
    { weights: { v1: 50, v2: 50 } },
    { to: 'paused', by: 'human' },
  ],
  ['a guardrail is violated while it is paused by itself', bySelf, { evidence: violated }, { to: 'rolled_back' }],
  ['a step could pass while it is paused by itself', bySelf, {}, stays(null)],
  ["a guardrail is violated while others' weights are in force", byHuman, { evidence: violated }, stays(null)],
  ["a step could pass while others' weights are in force", byHuman, { weights: { v1: 1, v2: 1 } }, stays(null)],
  ['anything after the end', { state: 'done' }, { evidence: violated, weights: { v1: 1, v2: 1 } }, stays(null)],
  ['anything after it was rolled back', { state: 'rolled_back' }, {}, stays(null)],
  [
    'the database is away and the candidate is ejected twice',
    {},
    { sight: sight({ writable: false, ejections: 2 }), fresh: false, evidence: null },
    { to: 'rolled_back' },
  ],
  [
    'the database is away and what was read last violates',
    {},
    { sight: sight({ writable: false }), fresh: false, evidence: violated },
    { to: 'rolled_back' },
  ],
];

describe('a rollout', () => {
  it.each(table)('when %s', (_, state, event, next) => {
    expect(nextStep(rollout(state), { ...seen, ...event })).toMatchObject(next);
  });
});

/** Mostly as it is when all is well, so that steps do pass. */
const mostly = <T>(usual: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const anyEvidence = fc.record({
  violated: mostly(false, fc.boolean()),
  ratio: mostly(false, fc.boolean()),
  feedback: mostly(false, fc.boolean()),
  requests: fc.integer({ min: 0, max: 300 }),
  errors: mostly<boolean | null>(true, fc.constantFrom(false, null)),
  accuracy: mostly<boolean | null>(true, fc.constantFrom(false, null)),
});
const anyEvent = fc.record({
  evidence: fc.option(anyEvidence, { freq: 9 }),
  fresh: mostly(true, fc.boolean()),
  writable: mostly(true, fc.boolean()),
  unready: mostly<number | null>(null, fc.integer({ min: 1, max: 100_000 })),
  ejections: mostly(0, fc.integer({ min: 0, max: 3 })),
  passed: fc.integer({ min: 0, max: 30 * MINUTE }),
  person: mostly<Record<string, number> | null>(
    null,
    fc.constantFrom({ v1: 1, v2: 1 }, { v1: 0, v2: 1 }, { v1: 9, v2: 1 }),
  ),
});
type Event = typeof anyEvent extends fc.Arbitrary<infer T> ? T : never;

function seenBy(event: Event, weights: Record<string, number>): Parameters<typeof nextStep>[1] {
  const { evidence: counted } = event;
  return {
    weights,
    fresh: event.fresh,
    clock: clock(event.passed),
    sight: sight({
      ...{ writable: event.writable, ejections: event.ejections },
      ...{ unready: event.unready === null ? null : 'down', unreadyMs: event.unready ?? 0 },
    }),
    evidence:
      counted &&
      evidence({
        guardrails: [guardrail(counted.violated ? 'violated' : 'ok')],
        checks: {
          sample_ratio: { alarm: counted.ratio, log_e: 0 },
          feedback: { alarm: counted.feedback, log_e: 0 },
        },
        stepRequests: counted.requests,
        proven: { errors: counted.errors, accuracy: counted.accuracy },
      }),
  };
}

describe('whatever happens', () => {
  it('gives the candidate no more than its step, unless a person did, and goes up one step at a time', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let now = rollout({ step: 0, percent: 1, weights: { v1: 99, v2: 1 } });
        let weights: Record<string, number> = now.weights;
        let byPerson = false;
        for (const event of events) {
          if (event.person) {
            weights = event.person;
            byPerson = true;
          }
          const next = nextStep(now, seenBy(event, weights));
          const before = now;
          now = after(now, next);
          if (now.weights !== before.weights) weights = now.weights;
          expect(now.step - before.step).toBeLessThanOrEqual(1);
          if (next.to === 'running' || next.to === 'done') expect(byPerson).toBe(false);
          if (!byPerson) expect(share(weights)).toBeLessThanOrEqual(now.percent / 100 + 1e-9);
        }
      }),
    );
  });

  it('never lets a step pass that violates a guardrail, or that nothing was counted for just now', () => {
    let passed = 0;
    fc.assert(
      fc.property(anyEvent, fc.integer({ min: 0, max: 2 }), (event, step) => {
        const now = rollout({ step, percent: percentOf(rollout(), step) });
        const next = nextStep(now, seenBy(event, now.weights));
        if (next.to !== 'running' && next.to !== 'done') return;
        expect(event).toMatchObject({ fresh: true, writable: true, unready: null, evidence: { violated: false } });
        expect(event.passed).toBeGreaterThanOrEqual(5 * MINUTE);
        expect(event.evidence?.requests).toBeGreaterThanOrEqual(100);
        passed++;
      }),
    );
    expect(passed).toBeGreaterThan(5);
  });

  it('takes the traffic of a violated guardrail back wherever the weights are its own', () => {
    fc.assert(
      fc.property(anyEvent, fc.constantFrom({}, bySelf), (event, state) => {
        fc.pre(event.evidence?.violated === true);
        expect(nextStep(rollout(state), seenBy(event, five)).to).toBe('rolled_back');
      }),
    );
  });
});

function after(now: RolloutState, next: NextStep): RolloutState {
  switch (next.to) {
    case 'stay':
      return now;
    case 'paused':
      return { ...now, state: 'paused', paused_by: next.by };
    case 'running':
      return at({ ...now, step: next.step }, percentOf(now, next.step));
    case 'done':
      return at({ ...now, state: 'done', step: now.steps.length }, 100);
    case 'rolled_back':
      return at({ ...now, state: 'rolled_back' }, 0);
  }
}

const at = (now: RolloutState, percent: number): RolloutState => ({
  ...now,
  percent,
  weights: rolloutWeights(now.weights, now, percent),
});
const share = ({ v1 = 0, v2 = 0 }: Record<string, number>) => v2 / (v1 + v2);
