import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_MS = 60_000;

export type LogLine = { level: string; time: string; msg: string; [field: string]: unknown };

/** A server as a real process, which can be killed, stopped, frozen and started again on its port. */
export class Program {
  readonly log: LogLine[] = [];
  port = 0;
  readonly #script: string;
  readonly #env: Record<string, string>;
  readonly #portVariable: string;
  #child: ChildProcess | null = null;

  constructor(script: string, portVariable: string, env: Record<string, string>) {
    this.#script = script;
    this.#portVariable = portVariable;
    this.#env = env;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    if (!this.#child?.pid) throw new Error(`${this.#script} does not run`);
    return this.#child.pid;
  }

  /** Starts the program, on a free port at first and on the same one later. Resolves when it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [this.#script], {
      cwd: ROOT,
      env: {
        ...{ PATH: process.env.PATH, HOME: process.env.HOME, BIND_ADDRESS: '127.0.0.1' },
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        ...this.#env,
        [this.#portVariable]: String(this.port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4_000);
    });
    const listening = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${this.#script} does not listen: ${errors}`)), START_MS);
      eachLine(child, (line) => {
        this.log.push(line);
        if (line.msg !== 'listening') return;
        clearTimeout(late);
        this.port = line.port as number;
        resolve();
      });
      child.once('exit', (code) => {
        clearTimeout(late);
        reject(new Error(`${this.#script} exited with ${code}: ${errors}${JSON.stringify(this.log.at(-1))}`));
      });
    });
    await listening;
  }

  /** Sends a signal and, unless it only freezes or thaws, waits for the end. Returns the exit status. */
  async signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<number | null> {
    const child = this.#child;
    if (!child) return null;
    const ended = name === 'SIGTERM' || name === 'SIGKILL';
    const exit = ended && child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
    child.kill(name);
    if (!ended) return null;
    await exit;
    this.#child = null;
    return child.exitCode;
  }

  /** Ends the process, whatever its state. */
  async end(): Promise<void> {
    await this.signal('SIGCONT');
    await this.signal('SIGKILL');
  }
}

function eachLine(child: ChildProcess, use: (line: LogLine) => void): void {
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) if (line.startsWith('{')) use(JSON.parse(line));
  });
}
