import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { root } from './run-command.ts';

const run = promisify(execFile);
const VERSION = 'v1.8.0';
const MODULE = 'github.com/versity/versitygw/cmd/versitygw';

/** A real S3 store (Versity S3 Gateway, https://github.com/versity/versitygw) on a free loopback port, gone with `stop`. */
export type ThrowawayS3 = {
  url: string;
  accessKey: string;
  secretKey: string;
  /** Creates an empty bucket and returns its name. */
  createBucket(): string;
  /** Ends the server as an outage would; `up` starts it again with its data. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
};

/** The path of the program, which Go builds at the first use. Throws if there is no Go. */
export async function ensureVersity(): Promise<string> {
  const folder = join(root, 'node_modules/.cache/versitygw');
  const program = join(folder, `versitygw-${VERSION}`);
  if (existsSync(program)) return program;
  const staged = join(folder, randomUUID());
  mkdirSync(staged, { recursive: true });
  console.error(`building versitygw ${VERSION} …`);
  try {
    await run('go', ['install', '-trimpath', '-ldflags', '-s -w', `${MODULE}@${VERSION}`], {
      env: { ...process.env, GOBIN: staged, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
      timeout: 900_000,
    });
    renameSync(join(staged, 'versitygw'), program);
  } catch (cause) {
    throw new Error('versitygw could not be built: the tests of S3 need Go (https://go.dev/dl)', { cause });
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
  return program;
}

export async function startThrowawayS3(): Promise<ThrowawayS3> {
  const program = await ensureVersity();
  const folder = mkdtempSync(join(tmpdir(), 'coppice-s3-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  mkdirSync(join(folder, 'attributes'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [accessKey, secretKey] = [`key${randomUUID().slice(0, 8)}`, randomUUID()];
  let server: ChildProcess | null = null;

  const up = async () => {
    const args = ['--port', `127.0.0.1:${port}`, 'posix', '--sidecar', join(folder, 'attributes'), data];
    const child = spawn(program, args, {
      env: { ...process.env, ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    child.stderr?.on('data', (chunk) => {
      log = (log + chunk).slice(-4_000);
    });
    server = child;
    while (!(await answers(url))) {
      if (child.exitCode !== null) throw new Error(`versitygw did not start: ${log}`);
      await sleep(20);
    }
  };
  const down = async () => {
    const child = server;
    server = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };

  await up();
  return {
    ...{ url, accessKey, secretKey, up, down },
    createBucket() {
      const name = `bucket-${randomUUID()}`;
      mkdirSync(join(data, name));
      return name;
    },
    async stop() {
      await down();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );
