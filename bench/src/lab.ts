import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '@coppice/scripts/start/plan';
import { Supervisor } from '@coppice/scripts/start/supervisor';

const KEPT_LINES = 30;

/** Runs what is measured, in a folder of its own, and takes all of it away at the end. */
export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'coppice-bench-'));
  readonly #log = new Map<string, string[]>();
  readonly #died: string[] = [];
  readonly #services = new Map<string, Service>();
  readonly #supervisor = new Supervisor({
    onLine: (service, line) => {
      const lines = this.#log.get(service) ?? [];
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      this.#log.set(service, lines);
    },
    onEnded: ({ service, code, signal }) => this.#died.push(`${service} ended (${signal ?? `status ${code}`})`),
  });

  /** Starts a service and waits until it says that it is ready. Resolves to the milliseconds that this took. */
  async start(service: Service, timeoutMs = 120_000): Promise<number> {
    if (this.#supervisor.pid(service.name) !== undefined) throw new Error(`${service.name} runs already`);
    const began = performance.now();
    this.#services.set(service.name, service);
    this.#supervisor.start(service);
    if (!(await this.#supervisor.ready(service, timeoutMs)))
      throw new Error(`${service.name} did not become ready:\n${this.log(service.name)}`);
    return performance.now() - began;
  }

  async end(name: string, signal?: NodeJS.Signals): Promise<void> {
    await this.#supervisor.end(name, signal);
  }

  /** Ends a service and starts the same again, with a pause in between. */
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

  async close(): Promise<void> {
    await this.#supervisor.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
