import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBlocks } from './read-blocks.ts';
import { runBlocks } from './run-blocks.ts';

// answers with the status that its path names
const server = createServer((req, res) => res.writeHead(Number(req.url?.slice(1, 4))).end('{"answered":true}'));
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const options = { cwd: '/', env: { PATH: process.env.PATH } };
const page = (...blocks: string[]) => blocks.map((block) => `\`\`\`sh run\n${block}\n\`\`\`\n`).join('\nWords.\n\n');
const run = (...blocks: string[]) => runBlocks('page.md', readBlocks(page(...blocks)), options);
const one = async (block: string) => (await run(block))[0];

describe('the blocks of a page', () => {
  it('run in one shell, in order', async () => {
    const blocks = readBlocks(readFileSync(new URL('./fixture.md', import.meta.url), 'utf8'));
    const results = await runBlocks('docs/fixture.md', blocks, options);
    expect(results).toEqual([
      { ran: true, stdout: 'first and more\n', stderr: '' },
      { ran: true, stdout: '{"a":1,"b":[{"c":"first"}]}\n', stderr: '' },
      { ran: true, stdout: 'last\n', stderr: '' },
    ]);
  });

  it('stop at the first command that fails, which is named with its line', async () => {
    const results = await run('echo well', 'echo begun\necho why >&2; (exit 7)\necho never', 'echo never');
    expect(results).toEqual([
      { ran: true, stdout: 'well\n', stderr: '' },
      {
        ...{ ran: true, stdout: 'begun\n', stderr: 'why\n' },
        failure: { line: 9, command: 'echo why >&2; (exit 7)', status: 7 },
      },
      { ran: false, stdout: '', stderr: '' },
    ]);
  });

  it.each([
    ['in a pipe', 'false | cat'],
    ['in a substitution', 'x=$(false)'],
    ['in a function', 'f() { false; }; f'],
    ['in functions over lines', 'f() {\n  false\n}\ng() {\n  f\n}\ng'],
    ['for want of a variable', 'echo "$missing"'],
    ['for want of a program', 'no-such-program'],
  ])('do not pass over what fails %s', async (_where, commands) => {
    const { stdout, failure } = (await one(`echo begun\n${commands}\necho never`)) ?? {};
    const lines = commands.split('\n');
    expect(stdout).toBe('begun\n');
    expect(failure).toMatchObject({ line: 2 + lines.length, command: lines.at(-1) });
  });

  it('do not pass over what Bash cannot read', async () => {
    expect((await one('echo begun\nif true; then'))?.failure).toMatchObject({ status: 2 });
  });

  it('end with what they started, and in time', async () => {
    // the shell's output ends only when all that holds it has ended
    expect(await one('sleep 600 & echo begun')).toEqual({ ran: true, stdout: 'begun\n', stderr: '' });
    const late = await runBlocks('page.md', readBlocks(page('sleep 600')), { ...options, timeoutMs: 200 });
    expect(late[0]?.failure?.status).toContain('SIGKILL');
  });
});

describe('a request of a page', () => {
  it.each([
    ['200', ''],
    ['302', ''],
    ['404', '   # 404: there is no such version'],
    ['503', ' \\\n  -H "x: y"  # 503'],
  ])('that is answered %s is well with %j behind it', async (status, comment) => {
    expect(await one(`curl -s ${url}/${status}${comment}`)).toEqual({
      ...{ ran: true, stdout: '{"answered":true}', stderr: '' },
    });
  });

  it.each([
    ['404', '', 'answered 404, not below 400'],
    ['200', '  # 404', 'answered 200, not 404'],
    ['400', '  # 404', 'answered 400, not 404'],
    ['404', '  # 404\ncurl -s $0/404', ''],
  ])('that is answered %s is wrong with %j behind it', async (status, comment, why) => {
    const result = await one(`curl -s ${url}/${status}${comment.replace('$0', url)}`);
    expect(result?.failure?.status).toBe(22);
    expect(result?.stderr).toContain(why);
  });

  it('that nobody answers is wrong', async () => {
    expect((await one('x=$(curl -s http://127.0.0.1:9/)'))?.failure).toMatchObject({ line: 2, status: 7 });
  });
});
