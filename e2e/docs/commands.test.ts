import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../stack/stack.ts';
import { missingKeys } from './missing-keys.ts';
import { readBlocks } from './read-blocks.ts';
import { type BlockResult, runBlocks } from './run-blocks.ts';

/** Fewer runnable blocks than this mean that the marks are lost, not that the docs are right. */
const FEWEST_BLOCKS = 5;

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: root }).sort()]
  .map((page) => ({ page, blocks: readBlocks(readFileSync(join(root, page), 'utf8')) }))
  .filter(({ blocks }) => blocks.length > 0);

it(`at least ${FEWEST_BLOCKS} blocks of commands are marked as runnable`, () => {
  expect(pages.flatMap(({ blocks }) => blocks).length).toBeGreaterThanOrEqual(FEWEST_BLOCKS);
});

describe.skipIf(pages.length === 0)('what the docs say to type', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack?.stop());

  describe.each(pages)('$page', ({ page, blocks }) => {
    let results: BlockResult[];
    beforeAll(async () => {
      await shareEvenly(stack);
      results = await runBlocks(page, blocks, { cwd: root, env: environment(stack), rewrite: rewriteFor(stack) });
    });

    it.each(blocks.map((block, i) => ({ ...block, i })))('line $line', ({ i, answer }) => {
      const result = results[i] as BlockResult;
      if (result.failure) throw new Error(describeFailure(page, result.failure, result));
      expect(result.ran, `${page}: a block before this one failed`).toBe(true);
      if (answer !== undefined) expect(missingKeys(JSON.parse(answer), lastJson(result.stdout)), answer).toEqual([]);
    });
  });
});

/** Whatever the page before did, a page begins as after a first start. */
async function shareEvenly({ gatewayUrl, adminToken }: Stack): Promise<void> {
  const { status } = await fetch(`${gatewayUrl}/config`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ weights: { v1: 50, v2: 50 }, shadow: null, reason: 'the next page of the docs' }),
  });
  expect(status).toBe(200);
}

/** What a terminal has, and where this stack is. */
function environment({ gatewayUrl, uiUrl, adminToken, dataDir }: Stack): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TMPDIR } = process.env;
  return {
    ...{ PATH, HOME, LANG, TMPDIR, NO_COLOR: '1', npm_config_update_notifier: 'false' },
    ...{ ADMIN_TOKEN: adminToken, DATA_DIR: dataDir },
    ...{ GATEWAY_PORT: new URL(gatewayUrl).port, UI_PORT: new URL(uiUrl).port },
  };
}

/** The published ports become this stack's, and traffic of a minute becomes traffic of some seconds. */
function rewriteFor({ gatewayUrl, uiUrl }: Stack): (command: string) => string {
  const hosts: Record<string, string> = { 5000: new URL(gatewayUrl).host, 8501: new URL(uiUrl).host };
  return (command) =>
    command
      .replace(/\b(?:localhost|127\.0\.0\.1):(5000|8501)\b/g, (_, port) => hosts[port] as string)
      .replace(/--duration \d+[smh]\b/g, '--duration 5s');
}

function describeFailure(
  page: string,
  { line, command, status }: NonNullable<BlockResult['failure']>,
  { stdout, stderr }: BlockResult,
): string {
  const end = (text: string) => text.trimEnd().split('\n').slice(-20).join('\n').slice(-2000);
  return `${page}:${line}: ended with ${status}: ${command}\n${end(stdout)}\n${end(stderr)}`;
}

/** All that was printed, or else its last line. */
function lastJson(stdout: string): unknown {
  const text = stdout.trim();
  for (const candidate of [text, text.split('\n').at(-1) as string]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // the next candidate
    }
  }
  return undefined;
}
