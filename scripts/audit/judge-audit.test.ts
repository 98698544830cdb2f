import { expect, it } from 'vitest';
import { judgeAudit } from './judge-audit.ts';

const found = JSON.stringify({ vulnerabilities: { ms: { severity: 'high' }, qs: { severity: 'low' } } });
const none = JSON.stringify({ vulnerabilities: {} });
const refused = JSON.stringify({ error: { summary: '405 Method Not Allowed' } });

it.each([
  [
    'a vulnerability of the level',
    found,
    'high',
    false,
    false,
    '1 packages with known vulnerabilities of level high or worse: ms (high)',
  ],
  [
    'a lesser vulnerability',
    found,
    'critical',
    false,
    true,
    'no known vulnerabilities of level critical or worse; 2 packages',
  ],
  ['nothing', none, 'low', true, true, 'no known vulnerabilities of level low or worse; 0 packages'],
  ['a registry that refuses', refused, 'high', false, true, 'NOT AUDITED: the registry'],
  ['a registry that refuses where the audit is required', refused, 'high', true, false, '405 Method Not Allowed'],
  ['no output at all', '', 'high', true, false, 'no answer'],
  ['an unknown level', none, 'awful', false, false, 'level awful is not allowed: must be one of'],
])('judges %s', (_name, output, level, required, passed, message) => {
  const verdict = judgeAudit(output, { level, required });
  expect(verdict.passed).toBe(passed);
  expect(verdict.message).toContain(message);
});
