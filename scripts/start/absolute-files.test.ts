import { expect, it } from 'vitest';
import { absoluteFiles } from './absolute-files.ts';

it('lets relative files of the settings start where npm was started', () => {
  const env = { GATE_FILE: 'gate.txt', ADMIN_TOKEN_FILE: '/secret', API_KEYS_FILE: ' ../keys ', GATE: 'on' };
  expect(absoluteFiles(env, '/home/me')).toEqual({
    ...{ GATE_FILE: '/home/me/gate.txt', ADMIN_TOKEN_FILE: '/secret', API_KEYS_FILE: '/home/keys', GATE: 'on' },
  });
  expect(absoluteFiles({ GATE_FILE: '' }, '/home/me')).toEqual({ GATE_FILE: '' });
});
