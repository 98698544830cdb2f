import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '@coppice/scripts/start/plan';
import { Supervisor } from '@coppice/scripts/start/supervisor';

const KEPT_LINES = 30;

/** Runs what is measured in a temporary folder, and removes all of it at the end. */
export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'coppice-bench-'));
  readonly #log = new Map<string, string[]>();
  readonly #died: string[] = [];
  readonly #services = new Map<string, Service>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #atClose: (() => Promise<void>)[] = [];
  readonly #closing = new AbortController();
  readonly #supervisor = new Supervisor({
    onLine: (service, line) => {
      const lines = this.#log.get(service) ?? [];
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      this.#log.set(service, lines);
    },
    onEnded: ({ service, code, signal }) => this.#died.push(`${service} ended (${signal ?? `status ${code}`})`),
  });

  /** Starts a service and waits until it is ready. Resolves to the milliseconds that this took. */
  async start(service: Service, timeoutMs = 120_000): Promise<number> {
    if (this.#supervisor.pid(service.name) !== undefined) throw new Error(`${service.name} runs already`);
    this.#closing.signal.throwIfAborted();
    const began = performance.now();
    this.#services.set(service.name, service);
    this.#supervisor.start(service);
    if (!(await this.#supervisor.ready(service, timeoutMs)))
      throw new Error(`${service.name} did not become ready:\n${this.log(service.name)}`);
    return performance.now() - began;
  }

  async end(name: string, signal?: NodeJS.Signals): Promise<void> {
    await this.#untilOver(this.#supervisor.end(name, signal));
  }

  /** Ends a service, waits, and starts it again. */
  async restart(name: string, pauseMs = 0): Promise<void> {
    const service = this.#services.get(name);
    if (!service) throw new Error(`${name} was never started`);
    await this.end(name);
    await sleep(pauseMs);
    await this.start(service);
  }

  pid(name: string): number {
    const pid = this.#supervisor.pid(name);
    if (pid === undefined) throw new Error(`${name} does not run:\n${this.log(name)}`);
    return pid;
  }

  /** Runs a command to its end; `close` ends it earlier. Throws, with what it printed, when its status is not 0. */
  async run(command: string, args: readonly string[], { cwd }: { cwd: string }): Promise<void> {
    this.#closing.signal.throwIfAborted();
    // a group of its own, as services have: Ctrl-C reaches this process only
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output = `${output}${chunk}`.slice(-4000);
      });
    const end = () => child.kill();
    this.#closing.signal.addEventListener('abort', end);
    const [code, signal] = await this.#untilOver(once(child, 'close'));
    this.#closing.signal.removeEventListener('abort', end);
    if (code !== 0) throw new Error(`${command} ${args[0]} ended (${signal ?? `status ${code}`}):\n${output}`);
  }

  /** Does this at the end, after every service has ended; what was added last comes first. */
  atClose(act: () => Promise<void>): void {
    this.#atClose.push(act);
  }

  /** A new empty folder for a service. */
  place(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** The last lines that a service logged. */
  log(name: string): string {
    return (this.#log.get(name) ?? []).join('\n');
  }

  /** Throws when a service has ended by itself. */
  mustLive(): void {
    const [first] = this.#died;
    if (first) throw new Error(`${first}:\n${this.log(first.split(' ')[0] as string)}`);
  }

  /** Waits, and has `close` wait, too. */
  async #untilOver<T>(ending: Promise<T>): Promise<T> {
    this.#running.add(ending);
    try {
      return await ending;
    } finally {
      this.#running.delete(ending);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the lab is closing'));
    await Promise.allSettled(this.#running);
    await this.#supervisor.stop();
    for (const act of this.#atClose.toReversed()) await act();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
