import type { GuardrailView } from '@coppice/contract';
import { expect, it } from 'vitest';
import { guardrailSentence } from './rollout-words.ts';

const view = (changes: Partial<GuardrailView>): Omit<GuardrailView, 'words'> => ({
  ...{ name: 'accuracy', status: 'ok', log_e: 6.98, limit: Math.log(60), candidate: 0.9902, baseline: 1 },
  ...{ difference: -0.0098, low: -0.02, high: -0.001, n: { candidate: 2026, baseline: 3958 } },
  ...changes,
});

it('says why strong evidence does not violate a guardrail: the difference is too small', () => {
  expect(guardrailSentence(view({}), 'v2', 'v1')).toBe(
    'accuracy: v2 99.02 % of 2,026 rows, v1 100.00 % of 3,958 (evidence for harm 1,075 : 1, limit 60 : 1, but a difference below 1 point is no harm)',
  );
  const errors = { name: 'errors', candidate: 0.005, baseline: 0.001, difference: 0.004 } as const;
  expect(guardrailSentence(view(errors), 'v2', 'v1')).toContain('but a difference below 0.5 points is no harm)');
  expect(guardrailSentence(view({ log_e: 1 }), 'v2', 'v1')).toMatch(/limit 60 : 1\)$/);
  expect(guardrailSentence(view({ status: 'violated' }), 'v2', 'v1')).toMatch(/limit 60 : 1\)$/);
});
