import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { execute, inArchive, pack, unpack, withFolder, withUnpacked } from './archive.ts';
import { countPredictions } from './folders.ts';

const scratch = '/data/.backup';

/** Writes an archive of the Compose volumes; the gateway keeps running. */
export function backUpCompose(file: string): Promise<{ rows: number }> {
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
    await copyOut('model-v1', '/app/artifacts', join(folder, inArchive.artifacts));
    await pack(folder, file);
    return { rows: countPredictions(join(folder, inArchive.database)) };
  });
}

/** Restores an archive into the Compose volumes and restarts the containers that read it, one after the other. */
export function restoreCompose(file: string): Promise<void> {
  return withUnpacked(file, async (folder) => {
    await refusePostgres();
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
    // only the trainer can write the models
    await copyIn('trainer', join(folder, inArchive.artifacts), '.', '/app/artifacts');
    for (const service of await modelServices()) {
      await compose(['restart', service]);
      await compose(['up', '--detach', '--no-build', '--no-recreate', '--wait', service]);
    }
    await compose(['restart', 'gateway']);
    await compose(['up', '--detach', '--no-build', '--no-recreate', '--wait', 'gateway']);
  });
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

/** Streams a container's folder, or one file of it, into a local folder. */
async function copyOut(service: string, from: string, to: string, what = '.'): Promise<void> {
  await withFolder(async (aside) => {
    const archive = join(aside, 'out.tar');
    const file = openSync(archive, 'w');
    try {
      await compose(['exec', '-T', service, 'tar', '-C', from, '-c', what], { to: file });
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

function compose(args: string[], stdio?: { from?: number; to?: number }): Promise<string> {
  return execute('docker', ['compose', ...args], stdio);
}
