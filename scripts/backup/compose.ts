import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execute, inArchive, pack, unpack, withFolder, withUnpacked } from './archive.ts';
import { copyMlflowIn, copyMlflowOut } from './compose-mlflow.ts';
import { countPredictions, type Saved } from './folders.ts';
import { archivedRegistry, brokenReleases, copyOrder, inBucket, withoutRegistry } from './registry.ts';
import type { Stopwatch } from './stopwatch.ts';

const scratch = '/data/.backup';

/** Writes an archive of the Compose volumes; the gateway keeps running. */
export function backUpCompose(file: string): Promise<Saved> {
  return withFolder(async (folder) => {
    await refusePostgres();
    await inGateway(
      `import { backupSqlite } from '/app/gateway/src/storage/sqlite/backup-sqlite.ts';
       import { rmSync } from 'node:fs';
       rmSync('${scratch}', { recursive: true, force: true });
       await backupSqlite('/data/${inArchive.database}', '${scratch}/${inArchive.database}');`,
    );
    try {
      await copyOut('gateway', scratch, folder);
    } finally {
      await compose(['exec', '-T', 'gateway', 'rm', '-r', scratch]);
    }
    await copyOut('gateway', '/data', folder, `./${inArchive.token}`).catch(() => undefined);
    mkdirSync(join(folder, inArchive.artifacts));
    await copyOut('model-v1', '/app/artifacts', join(folder, inArchive.artifacts), '--exclude=./registry .');
    const notes = [...(await copyRegistryOut(folder)), ...(await copyMlflowOut(containers, folder))];
    await pack(folder, file);
    return { rows: countPredictions(join(folder, inArchive.database)), notes };
  });
}

async function copyRegistryOut(folder: string): Promise<string[]> {
  const registry = await registryOfModels();
  if (registry.startsWith('s3://')) return [inBucket(registry)];
  const to = join(folder, inArchive.registry);
  mkdirSync(to);
  // the tar of the image takes what it is given in that order
  const parts = copyOrder.map((part) => `$(find . -mindepth 2 -maxdepth 2 -name ${part})`).join(' ');
  // status 1: something was written meanwhile, which the order allows for
  await copyOut('model-v1', registry, to, `--exclude='.staged-*' -T /dev/null ${parts} || test $? = 1`);
  return brokenReleases(to);
}

async function registryOfModels(): Promise<string> {
  return (await compose(['exec', '-T', 'model-v1', 'printenv', 'REGISTRY_URL'])).trim().replace(/^file:\/\//, '');
}

/**
 * Restores an archive into the Compose volumes and restarts the containers that read it, one after the other. Returns lines
 * about what a person should know.
 */
export function restoreCompose(file: string, watch: Stopwatch): Promise<string[]> {
  return withUnpacked(file, async (folder) => {
    await refusePostgres();
    await watch.part('record', () => copyRecordIn(folder));
    const notes = await watch.part('releases', () => copyRegistryIn(folder));
    // the registry of the archive has its place by now
    rmSync(join(folder, inArchive.artifacts, 'registry'), { recursive: true, force: true });
    // only the trainer can write the models
    await watch.part('models', () => copyIn('trainer', join(folder, inArchive.artifacts), '.', '/app/artifacts'));
    await watch.part('restarts', restartServers);
    return [...notes, ...(await watch.part('MLflow', () => copyMlflowIn(containers, folder)))];
  });
}

async function copyRecordIn(folder: string): Promise<void> {
  await copyIn('gateway', folder, inArchive.database, scratch);
  try {
    await inGateway(
      `import { rmSync } from 'node:fs';
       import { backup, DatabaseSync } from 'node:sqlite';
       const db = new DatabaseSync('${scratch}/${inArchive.database}', { readOnly: true });
       await backup(db, '/data/${inArchive.database}', { rate: ${2 ** 31 - 1} });
       // the weights of the backup count, not the last ones
       rmSync('/data/intent.json', { force: true });`,
    );
  } finally {
    await compose(['exec', '-T', 'gateway', 'rm', '-r', scratch]);
  }
  if (existsSync(join(folder, inArchive.token))) await copyIn('gateway', folder, inArchive.token, '/data');
}

async function restartServers(): Promise<void> {
  for (const service of [...(await modelServices()), 'gateway']) {
    await compose(['restart', service]);
    await compose(['up', '--detach', '--no-build', '--no-recreate', '--wait', service]);
  }
}

/** Whole beside the old one first: servers that follow an alias look every second. */
async function copyRegistryIn(folder: string): Promise<string[]> {
  const [from, registry] = [archivedRegistry(folder), await registryOfModels()];
  if (from === undefined) return [withoutRegistry(registry)];
  if (registry.startsWith('s3://')) return [inBucket(registry)];
  const next = `${registry}/.restored`;
  await inTrainer(`rm -rf ${next}`);
  await copyIn('trainer', from, '.', next);
  // in one move: a reader takes what is half removed for an older state
  const aside =
    'rm -rf .replaced && mkdir .replaced && for old in *; do if [ -e "$old" ]; then mv "$old" .replaced/; fi; done';
  await inTrainer(`cd ${registry} && ${aside} && mv .restored/* . && rm -rf .restored .replaced`);
  return brokenReleases(from);
}

function inTrainer(script: string): Promise<string> {
  return compose(['run', '--rm', '-T', '--no-deps', '--entrypoint', 'sh', 'trainer', '-c', script]);
}

async function refusePostgres(): Promise<void> {
  const url = await compose(['exec', '-T', 'gateway', 'printenv', 'DATABASE_URL']).catch((error: Error) => {
    if (/not running|no such service|no configuration/i.test(error.message))
      throw new Error('the gateway does not run: run docker compose up --wait first');
    return '';
  });
  if (url.trim()) throw new Error('the record is in PostgreSQL (DATABASE_URL): use pg_dump and pg_restore');
}

function inGateway(program: string): Promise<string> {
  return compose(['exec', '-T', 'gateway', 'node', '--input-type=module', '--eval', program]);
}

/** Streams a container's folder, or what of it a shell's words say, into a local folder. */
async function copyOut(service: string, from: string, to: string, what = '.'): Promise<void> {
  await withFolder(async (aside) => {
    const archive = join(aside, 'out.tar');
    const file = openSync(archive, 'w');
    try {
      await compose(['exec', '-T', service, 'sh', '-c', `cd ${from} && tar -c ${what}`], { to: file });
    } finally {
      closeSync(file);
    }
    await unpack(archive, to);
  });
}

/** Streams a file or folder into a container's folder. The trainer's container does not run, so it starts one. */
async function copyIn(service: string, from: string, what: string, to: string): Promise<void> {
  await withFolder(async (aside) => {
    const archive = join(aside, 'in.tar');
    await execute('tar', ['-C', from, '--owner=1000', '--group=1000', '-cf', archive, what]);
    const file = openSync(archive, 'r');
    const unpack = ['sh', '-c', `mkdir -p ${to} && tar -C ${to} --no-same-owner --no-overwrite-dir -xf -`];
    const running = ['exec', '-T', service, ...unpack];
    const started = ['run', '--rm', '-T', '--no-deps', '--entrypoint', 'sh', service, ...unpack.slice(1)];
    try {
      await compose(service === 'trainer' ? started : running, { from: file });
    } finally {
      closeSync(file);
    }
  });
}

async function modelServices(): Promise<string[]> {
  const services = await compose(['ps', '--services', '--status', 'running']);
  return services.split('\n').filter((service) => service.startsWith('model-'));
}

/** With the profile's services, which it lists only then; it starts what it is given. */
function compose(args: string[], stdio?: { from?: number; to?: number }): Promise<string> {
  return execute('docker', ['compose', '--profile', 'mlflow', ...args], stdio);
}

async function hasVolume(volume: string): Promise<boolean> {
  const { volumes } = JSON.parse(await compose(['config', '--format', 'json'])) as {
    volumes: Record<string, { name: string }>;
  };
  const named = ['volume', 'ls', '--quiet', '--filter', `name=^${volumes[volume]?.name}$`];
  return (await execute('docker', named)).trim() !== '';
}

const containers = { compose, copyOut, copyIn, hasVolume };
