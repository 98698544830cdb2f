import { join } from 'node:path';
import { attempt } from '@coppice/testkit/programs/run-command';
import { expect, it } from 'vitest';

const check = (...args: string[]) => attempt(process.execPath, [join(import.meta.dirname, 'check-split.ts'), ...args]);

it.each([
  ['few', '199'],
  ['many', '100001'],
  ['not a number of', '1e3'],
])('refuses too %s requests with what it takes', async (_, requests) => {
  expect(await check('--requests', requests)).toEqual({
    status: 2,
    output: `check-split: --requests ${requests}: it takes a whole number from 200 to 100000 (--help lists the options)\n`,
  });
});

it('refuses an unknown option', async () => {
  const { status, output } = await check('--request', '500');
  expect(output).toContain("Unknown option '--request'");
  expect(status).toBe(2);
});

it('says which server is no gateway', async () => {
  const { status, output } = await check('--gateway', 'http://127.0.0.1:1');
  expect(output).toMatch(/^check-split: http:\/\/127\.0\.0\.1:1\/config cannot be reached: /);
  expect(status).toBe(1);
});
