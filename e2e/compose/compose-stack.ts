import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@coppice/testkit/programs/free-port';

type Env = Record<string, string>;

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The stack of docker-compose.yml with its own project name and ports, beside whatever else runs on the engine. */
export class ComposeStack {
  readonly project: string;
  readonly #env: Env;

  /** `settings` as in a user's environment; `name` becomes part of the project's name. */
  static async create(name: string, settings: Env = {}): Promise<ComposeStack> {
    const ports = {
      GATEWAY_PORT: String(await freePort()),
      UI_PORT: String(await freePort()),
      PROMETHEUS_PORT: String(await freePort()),
    };
    return new ComposeStack(`coppice-${name}-${process.pid}`, { ...ports, ...settings });
  }

  private constructor(project: string, env: Env) {
    this.project = project;
    this.#env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env };
    for (const name of ['DOCKER_HOST', 'DOCKER_CONFIG', 'DOCKER_CONTEXT'])
      if (process.env[name]) this.#env[name] = process.env[name];
  }

  /** In which a command of ours, such as `npm run backup -- --compose`, finds this stack. */
  get environment(): Env {
    return { ...this.#env, COMPOSE_PROJECT_NAME: this.project };
  }
  get gatewayUrl(): string {
    return `http://127.0.0.1:${this.#env.GATEWAY_PORT}`;
  }
  get uiUrl(): string {
    return `http://127.0.0.1:${this.#env.UI_PORT}`;
  }
  get prometheusUrl(): string {
    return `http://127.0.0.1:${this.#env.PROMETHEUS_PORT}`;
  }

  /** Runs `docker compose …` in this project and returns its standard output. Throws with all output when it fails. */
  async compose(args: string[], settings: Env = {}): Promise<string> {
    const all = ['compose', '--ansi', 'never', '--progress', 'quiet', '--project-name', this.project, ...args];
    return docker(all, { ...this.#env, ...settings });
  }

  /** Starts the stack from existing images and waits until all services are healthy. Throws with the logs otherwise. */
  async up(...args: string[]): Promise<void> {
    try {
      await this.compose(['up', '--detach', '--wait', ...args]);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${await this.logs()}`, { cause: error });
    }
  }

  /** Changes weights as in the README: by the environment, for the gateway only. */
  async retune(weights: { v1: number; v2: number }): Promise<void> {
    this.#env.MODEL_V1_WEIGHT = String(weights.v1);
    this.#env.MODEL_V2_WEIGHT = String(weights.v2);
    await this.up('gateway');
  }

  /** Log lines of all services so far, each after its service's name. */
  logs(): Promise<string> {
    return this.compose(['logs', '--no-color']);
  }

  /** Result of `docker inspect` for a service's container, stopped or not. */
  async inspect(service: string): Promise<Container> {
    const id = (await this.compose(['ps', '--all', '--quiet', service])).trim();
    return JSON.parse(await docker(['inspect', id], this.#env))[0];
  }

  /** Removes a container that `compose run` started. */
  async remove(container: string): Promise<void> {
    await docker(['rm', '--force', container], this.#env);
  }

  async down(): Promise<void> {
    await this.compose(['--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '20']);
  }
}

export type Container = {
  Config: { User: string; Image: string };
  State: { Status: string; StartedAt: string; ExitCode: number; Health?: { Status: string } };
  HostConfig: {
    Memory: number;
    ReadonlyRootfs: boolean;
    CapDrop: string[] | null;
    CapAdd: string[] | null;
    SecurityOpt: string[] | null;
    RestartPolicy: { Name: string };
    LogConfig: { Type: string; Config: Record<string, string> };
    PortBindings: Record<string, { HostIp: string; HostPort: string }[]> | null;
  };
};

/** Megabytes that a container has in memory now, without the pages of files that it could give back. */
export async function memoryOf(container: string): Promise<number> {
  const text = await docker(['stats', '--no-stream', '--format', '{{.MemUsage}}', container]);
  const [, number = '', unit] = /^([\d.]+)(GiB|MiB)/.exec(text) ?? [];
  return Math.round(Number(number) * (unit === 'GiB' ? 1024 : 1));
}

/** Size of an image in bytes, as in `docker images`. */
export async function imageSize(image: string): Promise<number> {
  return Number(await docker(['image', 'inspect', '--format', '{{.Size}}', image]));
}

async function docker(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  try {
    const { stdout } = await run('docker', args, { cwd: root, env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (cause) {
    const { code, stderr, stdout } = cause as { code?: string; stderr?: string; stdout?: string };
    if (code === 'ENOENT') throw new Error('no docker on PATH: this test needs Docker with Compose', { cause });
    throw new Error(`docker ${args.join(' ')}: ${stderr}${stdout}`, { cause });
  }
}
