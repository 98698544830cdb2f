import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Block } from './read-blocks.ts';

export type BlockResult = {
  /** Undefined: all went well. */
  failure?: {
    /** Line of the page. */
    line: number;
    command: string;
    /** Exit code, or the signal that ended the shell. */
    status: number | string;
  };
  /** False: a block before it failed. */
  ran: boolean;
  stdout: string;
  stderr: string;
};

type Options = {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** What stands in for an address that the page names. */
  rewrite?: (command: string) => string;
  timeoutMs?: number;
};

const prelude = fileURLToPath(new URL('./prelude.sh', import.meta.url));

/** Runs the blocks of one page in one Bash (`-euo pipefail`): what a block sets is there in the next. */
export async function runBlocks(page: string, blocks: readonly Block[], options: Options): Promise<BlockResult[]> {
  const mark = `── ${randomUUID()}`;
  const folder = mkdtempSync(join(tmpdir(), 'coppice-docs-'));
  const file = join(folder, page.replaceAll('/', '-'));
  try {
    writeFileSync(file, toScript(blocks, options.rewrite ?? ((command) => command)));
    const { stdout, stderr, status } = await runBash(file, mark, options);
    const [outs, errs] = [stdout, stderr].map((text) => text.split(`${mark} block\n`).slice(1)) as [string[], string[]];
    return blocks.map((block, i) => {
      const ran = i < outs.length;
      const failed = ran && i === outs.length - 1 && status !== 0;
      const named = new RegExp(`^${mark} failed (\\d+)\n`, 'gm');
      const err = errs[i] ?? '';
      // Bash ends at once for an unset variable, without the trap
      const at = [...err.matchAll(named)].at(-1) ?? /: line (\d+): /.exec(err);
      return {
        ...(failed ? { failure: { ...commandAt(block, Number(at?.[1])), status } } : {}),
        ...{ ran, stdout: outs[i] ?? '', stderr: err.replace(named, '') },
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A script whose lines have the numbers that they have on the page, so that Bash's own messages name them too. */
function toScript(blocks: readonly Block[], rewrite: (command: string) => string): string {
  const script: string[] = [];
  for (const { line, commands } of blocks) {
    // in the place of the opening fence
    script[line - 2] = 'begin_block';
    for (const [i, command] of expectCodes(commands.map(rewrite)).entries()) script[line - 1 + i] = command;
  }
  return `${Array.from(script, (line) => line ?? '').join('\n')}\n`;
}

/** `curl … # 400 because …` expects that answer. */
function expectCodes(commands: readonly string[]): string[] {
  const expecting = [...commands];
  for (const [last, command] of commands.entries()) {
    const [, before, code] = /^(.*\S)\s+#\s*([45]\d\d)\b/.exec(command) ?? [];
    if (before === undefined) continue;
    let first = last;
    while (commands[first - 1]?.endsWith('\\')) first--;
    expecting[last] = `${before}; expected_code=`;
    expecting[first] = `expected_code=${code}; ${expecting[first]}`;
  }
  return expecting;
}

function runBash(file: string, mark: string, { cwd, env, timeoutMs = 240_000 }: Options) {
  return new Promise<{ stdout: string; stderr: string; status: number | string }>((resolve, reject) => {
    const shell = spawn('bash', ['-euo', 'pipefail', file], {
      cwd,
      env: { ...env, MARK: mark, BASH_ENV: prelude },
      stdio: ['ignore', 'pipe', 'pipe'],
      // a group of its own, so that nothing that it starts outlives it
      detached: true,
    });
    const text = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      shell[stream].setEncoding('utf8').on('data', (chunk: string) => {
        text[stream] += chunk;
      });
    const killAll = () => {
      try {
        process.kill(-(shell.pid as number), 'SIGKILL');
      } catch {
        // all of it has ended
      }
    };
    const late = setTimeout(killAll, timeoutMs);
    shell.on('error', reject);
    shell.on('exit', () => killAll());
    shell.on('close', (code, signal) => {
      clearTimeout(late);
      resolve({ ...text, status: code ?? `${signal} (${timeoutMs / 1000} s are allowed)` });
    });
  });
}

/** The command on this line of the page; the whole block when Bash did not name a line of it. */
function commandAt({ line, commands }: Block, at: number): { line: number; command: string } {
  const found = commands[at - line];
  return found === undefined ? { line, command: commands.join('\n') } : { line: at, command: found.trim() };
}
