import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';

const PLACES = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql*/bin',
  '/usr/local/opt/postgresql*/bin',
  '/Library/PostgreSQL/*/bin',
];

/** A PostgreSQL server of one's own, on a free loopback port, empty, and gone with `stop`. */
export type ThrowawayPostgres = {
  /** Address of its database `postgres`. */
  url: string;
  /** Makes an empty database and answers its address. */
  createDatabase(name: string): Promise<string>;
  /** Ends the server as an outage would; `up` brings it back with what it held. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
};

/** The newest PostgreSQL server programs of this machine. Throws an error that says what to install. */
export function findPostgres(): string {
  const places = [...PLACES.flatMap((pattern) => globSync(pattern)), ...(process.env.PATH ?? '').split(':')];
  const version = (place: string) => Number(/\d+/.exec(place)?.[0] ?? 0);
  const found = places
    .sort((a, b) => version(b) - version(a))
    .find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres')));
  if (found) return found;
  throw new Error(
    'the tests need a PostgreSQL server: apt-get install postgresql (Debian), brew install postgresql (macOS)',
  );
}

export async function startThrowawayPostgres(): Promise<ThrowawayPostgres> {
  const bin = findPostgres();
  const directory = mkdtempSync(join(tmpdir(), 'coppice-postgres-'));
  const data = join(directory, 'data');
  const user = unprivilegedUser();
  if (user) chownSync(directory, user.uid, user.gid);
  const init = ['-D', data, '-U', 'postgres', '--auth=trust', '--locale=C', '--encoding=UTF8', '--no-sync'];
  execFileSync(join(bin, 'initdb'), init, { ...user, cwd: directory, stdio: 'pipe' });
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | null = null;

  const up = async () => {
    const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories='];
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
      ...user,
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    child.stderr?.on('data', (chunk) => {
      log = (log + chunk).slice(-4_000);
    });
    server = child;
    while (!(await accepts(url))) {
      if (child.exitCode !== null) throw new Error(`PostgreSQL did not start: ${log}`);
      await sleep(20);
    }
  };
  const down = async () => {
    const child = server;
    server = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
  };

  await up();
  return {
    url,
    up,
    down,
    async createDatabase(name) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`).finally(() => client.end());
      return url.replace(/postgres$/, name);
    },
    async stop() {
      await down();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made, or as nobody. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout?.trim();
  return { uid: Number(id('-u') || 65_534), gid: Number(id('-g') || 65_534) };
}

async function accepts(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
