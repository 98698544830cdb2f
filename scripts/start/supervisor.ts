import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './plan.ts';

export type Ended = {
  service: string;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Milliseconds until it is started again; null for one that was never ready. */
  againMs: number | null;
};

type Events = {
  onLine(service: string, line: string): void;
  /** A process ended without `end` or `stop`. */
  onEnded(ended: Ended): void;
};

/** Milliseconds that a process gets to end after its signal. */
const patience = 20_000;
/** Milliseconds before a process is started again: doubled each time, as Docker does, unless it ran for `steadyMs`. */
const again = { firstMs: 100, mostMs: 60_000, steadyMs: 10_000 };

/**
 * Runs the processes of a stack and ends them in the opposite order of their start. One that was ready and ends by itself
 * is started again. They get a standard input that ends with this process, however that ends.
 */
export class Supervisor {
  readonly #events: Events;
  readonly #children = new Map<string, ChildProcess>();
  readonly #wereReady = new Set<string>();
  readonly #waitMs = new Map<string, number>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #stopping: Promise<void> | undefined;

  constructor(events: Events) {
    this.#events = events;
  }

  start(service: Service): void {
    const { name, command, args, env } = service;
    const startedAt = performance.now();
    const child = spawn(command, args, {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      // a separate group: Ctrl-C reaches this process only, which then stops the others in order
      detached: process.platform !== 'win32',
    });
    this.#children.set(name, child);
    // what is written to a process that has ended
    child.stdin.on('error', () => {});
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => this.#events.onLine(name, line));
    child.once('error', (error) => this.#events.onLine(name, `could not be started: ${error.message}`));
    // 'close', unlike 'exit', comes after the last line of its log
    child.once('close', (code, signal) => {
      if (this.#children.get(name) !== child) return;
      this.#children.delete(name);
      if (this.#stopping) return;
      const againMs = this.#wereReady.has(name) ? this.#nextWait(name, performance.now() - startedAt) : null;
      this.#events.onEnded({ service: name, code, signal, againMs });
      if (againMs !== null)
        this.#timers.set(
          name,
          setTimeout(() => this.start(service), againMs),
        );
    });
  }

  #nextWait(name: string, ranMs: number): number {
    const before = ranMs >= again.steadyMs ? undefined : this.#waitMs.get(name);
    const wait = before === undefined ? again.firstMs : Math.min(2 * before, again.mostMs);
    this.#waitMs.set(name, wait);
    return wait;
  }

  /** Waits until the service answers 2xx. False if it ends, a stop begins or `timeoutMs` passes before. */
  async ready({ name, ready }: Service, timeoutMs: number): Promise<boolean> {
    const giveUp = Date.now() + timeoutMs;
    while (this.#children.has(name) && !this.#stopping && Date.now() < giveUp) {
      if (await answers(ready)) {
        this.#wereReady.add(name);
        return true;
      }
      await sleep(25);
    }
    return false;
  }

  /** Ends one process and waits for it; its end is not reported. */
  async end(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    clearTimeout(this.#timers.get(name));
    const child = this.#children.get(name);
    if (!child) return;
    this.#children.delete(name);
    await endChild(child, signal);
  }

  /** Ends all, last started first. Later calls wait for the same end. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      for (const timer of this.#timers.values()) clearTimeout(timer);
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
