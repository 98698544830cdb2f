import { describe, expect, it } from 'vitest';
import { causeWords, stateLook, tookWords } from './retraining-words.ts';

describe('a retraining job in words', () => {
  it('says what began it', () => {
    expect(causeWords({ cause: { kind: 'alert', text: 'ModelDrift' } })).toBe('Alert: ModelDrift');
    expect(causeWords({ cause: { kind: 'command', text: 'prices changed' } })).toBe('Asked for: prices changed');
  });

  it('says how long it worked, and has worked while it runs', () => {
    const started_at = '2026-03-01T00:00:00.000Z';
    expect(tookWords({ started_at, ended_at: '2026-03-01T00:05:00.000Z' }, 0)).toBe('5 min');
    expect(tookWords({ started_at, ended_at: null }, Date.parse(started_at) + 12_000)).toBe('12 s');
  });

  it('looks good once a rollout started, and bad when nothing was decided', () => {
    expect([stateLook('rollout started'), stateLook('failed'), stateLook('refused')]).toEqual(['good', 'bad', '']);
  });
});
