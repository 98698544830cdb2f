import type { ComparisonReport, ConfigView } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { type Outcome, summarize } from './summary.ts';
import { Tally } from './tally.ts';

const view = (revision: number, v1: number): ConfigView => ({
  model: 'iris',
  revision,
  weights: { v1, v2: 100 - v1 },
  mode: 'custom',
  shadow: null,
  versions: [v1, 100 - v1].map((weight, i) => ({
    version: `v${i + 1}`,
    weight,
    share: weight / 100,
    ready: true,
    ejected: false,
    ejected_until: null,
    reason: null,
    unfit_requests: 0,
  })),
  presets: {},
  auth: { api_key: false, admin: true },
});

function outcome(change: Partial<Outcome> = {}): Outcome {
  const tally = new Tally();
  for (let i = 0; i < 100; i++) {
    const [model_version, route] = i < 50 ? (['v1', 'sticky'] as const) : (['v2', 'sticky'] as const);
    tally.answer({ model_version, route }, `u${i}`, 2);
  }
  const options = { rate: 100, versionPin: undefined, bad: {} };
  return {
    options,
    tally,
    sent: 100,
    elapsedMs: 1000,
    before: view(1, 50),
    after: view(1, 50),
    drift: null,
    comparison: null,
    spoiled: null,
    ...change,
  };
}

describe('the summary', () => {
  it('shows the figures of a good run', () => {
    expect(summarize(outcome()).split('\n')).toEqual([
      'sent            100 in 1.0 s, 100.0/s of 100/s requested',
      'answered        100',
      'failed          none',
      expect.stringMatching(/^latency {9}p50 (1\.9|2\.0)\d ms, p95 /),
      '',
      'v1              50 answers, 50.0 % of users, configured 50.0 %',
      'v2              50 answers, 50.0 % of users, configured 50.0 %',
      'split           not judged: 100 of 200 users needed',
      'sticky          all 100 users kept their version',
      '',
      'drift           not reported by the gateway',
      '',
    ]);
  });

  it('writes a p-value below what a number can show as a limit', () => {
    const p = (p_adjusted: number) => ({ statistic: 1, p_value: p_adjusted, p_adjusted });
    const missing = { training: 0, now: 0, p_adjusted: null };
    const feature = { judged: true, drifted: true, missing, kind: 'boolean', ks: null, psi: null };
    const features = [0, 0.0123].map((value, i) => ({ ...feature, feature: `f${i}`, chi_square: p(value) }));
    const drift = {
      verdict: 'drift: f0',
      score: 1,
      threshold: 0.3,
      samples: 500,
      features,
    } as unknown as Outcome['drift'];
    expect(summarize(outcome({ drift }))).toMatch(/^f0 .*: χ² p < 1e-15\nf1 .*: χ² p 0\.012$/m);
  });

  it('says when the split does not follow the weights, and when users moved', () => {
    const bad = outcome({ before: view(1, 90), after: view(1, 90) });
    for (let i = 100; i < 200; i++) bad.tally.answer({ model_version: 'v2', route: 'sticky' }, `u${i}`, 2);
    bad.tally.answer({ model_version: 'v2', route: 'weighted' }, 'u0', 2);
    const text = summarize(bad);
    expect(text).toContain('split           does not follow the weights (200 users)');
    expect(text).toContain('sticky          1 of 200 users moved');
  });

  it('counts feedback by version, without shares that would rank them, and has the words of the comparison', () => {
    const words = 'Not enough data to compare v2 and v1 yet: 3 rows with feedback.';
    const some = outcome({ comparison: { candidates: [{ words }] } as ComparisonReport });
    some.tally.feedback.sent = 3;
    for (const right of [true, true, false]) some.tally.feedbackSent('v1', right);
    const text = summarize(some);
    expect(text).toContain('feedback        3 sent, v1 2 of 3 right\n');
    expect(text).toContain(`comparison      ${words}\n`);
    expect(text).not.toMatch(/feedback.*%/);
  });

  it('says what it spoiled, or that it cannot know', () => {
    const options = { ...outcome().options, bad: { v2: { errors: 0.02, flips: 0.03, latency: 1.5 } } };
    const spoiled = { v2: { requests: 100, errors: 2, rows: 110, flipped: 4 } };
    expect(summarize(outcome({ options, spoiled }))).toContain(
      'bad             v2: 2 of 100 requests got a 500, 4 of 110 rows another class, answers took 1.5 times as long; restored\n',
    );
    expect(summarize(outcome({ options }))).toContain('v2: the spoiler ended before this command');
  });

  it('does not judge a split whose weights changed during the run', () => {
    expect(summarize(outcome({ after: view(2, 90) }))).toContain('not judged: the weights changed during the run');
  });

  it('lists failures by kind, the most frequent first', () => {
    const bad = outcome();
    for (const kind of ['ECONNRESET', '503 Busy.', '503 Busy.']) bad.tally.failure(kind);
    expect(summarize(bad)).toContain(
      'failed          3\n                2 × 503 Busy.\n                1 × ECONNRESET\n',
    );
  });

  it('shows what a server sent without letting it move the cursor or add a line', () => {
    const bad = outcome();
    bad.tally.failure('503 \u001b[2Jbusy\nsplit           follows the weights');
    expect(summarize(bad)).toContain('1 × 503 \\x1b[2Jbusy\\nsplit           follows the weights\n');
  });

  it('sums up a run that sent nothing', () => {
    expect(summarize(outcome({ tally: new Tally(), sent: 0, elapsedMs: 0 }))).toMatch(/^sent +0 in 0\.0 s/);
  });
});
