import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './plan.ts';

export type Ended = { service: string; code: number | null; signal: NodeJS.Signals | null };

type Events = {
  onLine(service: string, line: string): void;
  /** A process ended without `end` or `stop`. */
  onEnded(ended: Ended): void;
};

/** Milliseconds that a process gets to end after its signal. */
const patience = 20_000;

/** Runs the processes of a stack and ends them in the opposite order of their start. */
export class Supervisor {
  readonly #events: Events;
  readonly #children = new Map<string, ChildProcess>();
  #stopping: Promise<void> | undefined;

  constructor(events: Events) {
    this.#events = events;
  }

  start({ name, command, args, env }: Service): void {
    const child = spawn(command, args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // a separate group: Ctrl-C reaches this process only, which then stops the others in order
      detached: process.platform !== 'win32',
    });
    this.#children.set(name, child);
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => this.#events.onLine(name, line));
    child.once('error', (error) => this.#events.onLine(name, `could not be started: ${error.message}`));
    // 'close', unlike 'exit', comes after the last line of its log
    child.once('close', (code, signal) => {
      if (this.#children.get(name) !== child) return;
      this.#children.delete(name);
      if (!this.#stopping) this.#events.onEnded({ service: name, code, signal });
    });
  }

  /** Waits until the service answers 2xx. False if it ends, a stop begins or `timeoutMs` passes before. */
  async ready({ name, ready }: Service, timeoutMs: number): Promise<boolean> {
    const giveUp = Date.now() + timeoutMs;
    while (this.#children.has(name) && !this.#stopping && Date.now() < giveUp) {
      if (await answers(ready)) return true;
      await sleep(25);
    }
    return false;
  }

  /** Ends one process and waits for it; its end is not reported. */
  async end(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#children.get(name);
    if (!child) return;
    this.#children.delete(name);
    await endChild(child, signal);
  }

  /** Ends all, last started first. Later calls wait for the same end. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      for (const name of [...this.#children.keys()].reverse()) await this.end(name);
    })();
    return this.#stopping;
  }

  get names(): string[] {
    return [...this.#children.keys()];
  }

  pid(name: string): number | undefined {
    return this.#children.get(name)?.pid;
  }
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'close');
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), patience);
  await ended;
  clearTimeout(killer);
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
