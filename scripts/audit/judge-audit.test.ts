import { expect, it } from 'vitest';
import { judgeAudit } from './judge-audit.ts';

const found = JSON.stringify({ vulnerabilities: { ms: { severity: 'high' }, qs: { severity: 'low' } } });
const none = JSON.stringify({ vulnerabilities: {} });
const refused = JSON.stringify({ error: { summary: '405 Method Not Allowed' } });

it.each([
  [
    'a weakness of the level',
    found,
    'high',
    false,
    false,
    '1 packages with a known weakness of high or worse: ms (high)',
  ],
  ['a lesser weakness', found, 'critical', false, true, 'no known weakness of critical or worse; 2 packages'],
  ['nothing', none, 'low', true, true, 'no known weakness of low or worse; 0 packages'],
  ['a registry that refuses', refused, 'high', false, true, 'NOT AUDITED: the registry'],
  ['a registry that refuses where the audit is required', refused, 'high', true, false, '405 Method Not Allowed'],
  ['no output at all', '', 'high', true, false, 'no answer'],
  ['an unknown level', none, 'awful', false, false, 'awful is not one of'],
])('judges %s', (_name, output, level, required, passed, message) => {
  const verdict = judgeAudit(output, { level, required });
  expect(verdict.passed).toBe(passed);
  expect(verdict.message).toContain(message);
});
