import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureMlflow } from './ensure-mlflow.ts';
import { freePort } from './free-port.ts';
import type { Env } from './run-command.ts';

type Options = {
  /** Where runs and versions are, such as `postgresql://…`; a file of SQLite by default. */
  database?: string;
  /** Where artifacts are, such as `s3://bucket`; a folder by default. */
  artifacts?: string;
  /** What the server needs for that. */
  env?: Env;
  /** More arguments of `mlflow server`. */
  args?: string[];
  port?: number;
};

/** A real MLflow server on a free loopback port, gone with `stop`. */
export type ThrowawayMlflow = {
  url: string;
  /** The folder of MLflow's programs, and the environment in which they find the server. */
  bin: string;
  env: Env;
  /** Ends the server as an outage would; `up` starts it again with its data. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
};

export async function startThrowawayMlflow(options: Options = {}): Promise<ThrowawayMlflow> {
  const bin = await ensureMlflow();
  const folder = mkdtempSync(join(tmpdir(), 'coppice-mlflow-'));
  const { database = `sqlite:///${join(folder, 'mlflow.db')}`, artifacts = join(folder, 'artifacts') } = options;
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  let server: ChildProcess | null = null;

  const up = async () => {
    const stores = ['--backend-store-uri', database, '--artifacts-destination', artifacts];
    const args = [
      'server',
      '--workers',
      '1',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      ...stores,
      ...(options.args ?? []),
    ];
    const child = spawn(join(bin, 'mlflow'), args, {
      // the job runner is eight more processes
      env: { ...process.env, ...options.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', ...quiet },
      cwd: folder,
      // its group holds the workers
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        log = (log + chunk).slice(-4_000);
      });
    server = child;
    while (!(await answers(`${url}/health`))) {
      if (child.exitCode !== null) throw new Error(`MLflow did not start: ${log}`);
      await sleep(50);
    }
  };
  const down = async () => {
    const child = server;
    server = null;
    if (!child?.pid || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  };

  await up();
  return {
    ...{ url, bin, up, down },
    env: { MLFLOW_TRACKING_URI: url, ...quiet },
    async stop() {
      await down();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const quiet = { MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true', MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false' };

const answers = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
