import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ensurePython } from '@coppice/testkit/programs/ensure-python';
import { freePorts } from '@coppice/testkit/programs/free-port';
import { root, run } from '@coppice/testkit/programs/run-command';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { readFences } from '../docs/read-blocks.ts';

const pages = ['docs/models-from-elsewhere.md', 'docs/import.md'];

/** The blocks of the pages that say `recipe NAME` behind their language, by name. */
const recipes = new Map(
  pages
    .flatMap((page) => readFences(readFileSync(join(root, page), 'utf8')))
    .flatMap(({ info, body }) => {
      const [, name] = /^\S+ recipe (\S+)$/.exec(info) ?? [];
      return name ? [[name, body.join('\n')] as const] : [];
    }),
);

function recipe(name: string): string {
  const text = recipes.get(name);
  if (text === undefined) throw new Error(`${pages.join(' and ')} have no block "recipe ${name}"`);
  return text;
}

/** Packages that the pages' `pip install` lines name: one environment has all of them, as a reader's may. */
const packages = () => [
  ...new Set([...recipes.values()].flatMap((text) => [...text.matchAll(/^pip install (.+)$/gm)].flatMap(pipArguments))),
];
const pipArguments = ([, line = '']: RegExpExecArray) => line.trim().split(/\s+/);

/**
 * A reader's folder, in which the page's blocks run as they stand: the checkout's data, an own `artifacts/` with the
 * forests, and Python with all packages of the page. Ports of the page are replaced by free ones.
 */
export async function startReader() {
  const bin = await ensurePython(packages());
  const folder = mkdtempSync(join(tmpdir(), 'coppice-foreign-'));
  const children: ChildProcess[] = [];
  const ports = new Map<string, number>();
  const env = { PATH: `${bin}${delimiter}${process.env.PATH}` };
  symlinkSync(join(root, 'trainer'), join(folder, 'trainer'));

  async function withFreePorts(text: string): Promise<string> {
    const named = [...text.matchAll(/\b[89]\d{3}\b/g)].map(([port]) => port).filter((port) => !ports.has(port));
    const free = await freePorts(named.length);
    named.forEach((port, i) => {
      ports.set(port, free[i] as number);
    });
    return text.replaceAll(/\b[89]\d{3}\b/g, (port) => String(ports.get(port)));
  }

  return {
    folder,
    /** Runs the forests' training, as the page's ONNX recipe does. */
    async train() {
      const [, args = ''] = /^npm run train -- ([^#]+)/m.exec(recipe('onnx-install')) ?? [];
      const options = [...args.trim().split(/\s+/), '--out', join(folder, 'artifacts')];
      await run(process.execPath, [join(root, 'trainer/src/main.ts'), ...options], env, folder);
    },
    /** Runs the program of `npm run NAME` as a block has it, with further options; the result is what it prints. */
    async npmRun(name: string, program: string, ...options: string[]): Promise<string> {
      const [, args = ''] = /^npm run \w+ -- ([^#]+)$/m.exec(recipe(name)) ?? [];
      return run(
        process.execPath,
        [join(root, program), ...args.trim().split(/\s+/), ...options],
        { ...env, INIT_CWD: folder },
        folder,
      );
    },
    /** Runs Python blocks as one program. */
    async python(...names: string[]): Promise<string> {
      return run('python', ['-W', 'ignore', '-c', names.map(recipe).join('\n')], env, folder);
    },
    /** Runs a program of one's own behind blocks of the page. */
    async pythonWith(code: string, ...names: string[]): Promise<string> {
      return run('python', ['-W', 'ignore', '-c', [...names.map(recipe), code].join('\n')], env, folder);
    },
    /** A text of the page with free ports in place of its own, always the same one for the same. */
    local: withFreePorts,
    /**
     * Starts a block's server; resolves once `ready` answers 200. `ready` has the page's port; `other` replaces words of
     * the block.
     */
    async serve(name: string, ready: string, other: Record<string, string> = {}): Promise<void> {
      let log = '';
      const text = Object.entries(other).reduce((text, [from, to]) => text.replaceAll(from, to), recipe(name));
      const script = await withFreePorts(text);
      const child = spawn('sh', ['-c', script], { cwd: folder, env: { ...process.env, ...env }, detached: true });
      children.push(child);
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk) => {
          log += chunk;
        });
      const url = await withFreePorts(ready);
      await eventually(async () => (await fetch(url)).ok, {
        what: `${url} answers 200`,
        more: () => log,
        seconds: 120,
      });
    },
    /** The settings of a block, for the gateway. */
    async settings(name: string): Promise<Record<string, string>> {
      const text = await withFreePorts(recipe(name));
      return Object.fromEntries(text.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
    },
    async stop() {
      await Promise.all(children.map(endGroup));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Reader = Awaited<ReturnType<typeof startReader>>;

/** A server of several processes, the shell that started it among them. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGTERM');
  const late = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), 10_000);
  await ended;
  clearTimeout(late);
}
