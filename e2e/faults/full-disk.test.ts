import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditPage } from '@coppice/contract';
import { expect, it, onTestFinished } from 'vitest';
import { printFigures } from './figures.ts';
import { failures, Load } from './load.ts';
import { readRecord } from './read-record.ts';
import { type Gateway, startStack, until } from './stack.ts';

/** Beyond the minute after which the warning is repeated. */
const FULL_MS = 65_000;
const WARNING = 'the record cannot be written; predictions continue';

it('a full disk and a read-only one: predictions continue, a warning comes once a minute, and both recover', async () => {
  const [full, readOnly] = [smallDisk(), smallDisk()];
  const { gateway, addGateway, database } = await startStack({ dataDir: full.directory });
  readOnly.lock();
  const locked = await addGateway({ DATA_DIR: readOnly.directory });

  const loads = [new Load(gateway.url, { rate: 100 }), new Load(locked.url, { rate: 50 })] as const;
  await sleep(1000);
  const filledAt = Date.now();
  full.fill(gateway.pid);
  await until('the full disk is noticed', async () => (await gateway.ready()).warnings.length > 0);
  const noticedMs = Date.now() - filledAt;
  const { revision } = await gateway.retune({ weights: { v1: 90, v2: 10 } });
  await sleep(filledAt + FULL_MS - Date.now());
  const bad = [await state(gateway), await state(locked)] as const;
  full.free(gateway.pid);
  readOnly.unlock();
  const freedAt = Date.now();
  await until('both are writable again', async () => {
    const warnings = [await gateway.ready(), await locked.ready()].flatMap((ready) => ready.warnings);
    return warnings.length === 0;
  });
  const recoveredMs = Date.now() - freedAt;
  await until('the change made meanwhile is audited', async () => {
    const { audit } = await gateway.get<AuditPage>('/audit?limit=1');
    return audit[0]?.revision === revision;
  });
  const [outcomes, others] = [await loads[0].stop(), await loads[1].stop()];
  const after = [await state(gateway), await state(locked)] as const;
  await gateway.signal('SIGTERM');
  const { ids } = readRecord(database);
  const missing = outcomes.filter(({ id }) => id !== null && !ids.has(id)).length;
  printFigures('Disk full under one gateway, read-only under another, for 65 s', {
    'predictions, failed (full)': `${outcomes.length}, ${JSON.stringify(failures(outcomes))}`,
    'predictions, failed (read-only)': `${others.length}, ${JSON.stringify(failures(others))}`,
    'GET /ready meanwhile': bad.map(({ http, warnings }) => `${http} with ${warnings} warning`).join(', '),
    'prediction_record_writable meanwhile, afterwards': `${bad.map(({ writable }) => writable)}; ${after.map(({ writable }) => writable)}`,
    'WARN lines in 65 s': bad.map(({ warned }) => warned).join(', '),
    'rows not in the record (full), of them counted as dropped': `${missing}, ${after[0].dropped}`,
    'ms until noticed, until recovered': `${noticedMs}, ${recoveredMs}`,
  });

  expect(failures([...outcomes, ...others])).toEqual({});
  for (const { http, writable, warned } of bad) {
    expect({ http, writable }).toEqual({ http: 200, writable: 0 });
    expect(warned).toBe(2);
  }
  // the read-only one cannot keep its weights either
  expect(bad.map(({ warnings }) => warnings)).toEqual([1, 2]);
  for (const { warnings, writable } of after) expect({ warnings, writable }).toEqual({ warnings: 0, writable: 1 });
  expect(missing).toBe(after[0].dropped);
});

async function state(gateway: Gateway) {
  const { http, warnings } = await gateway.ready();
  return {
    ...{ http, warnings: warnings.length },
    writable: await gateway.metric('prediction_record_writable'),
    dropped: await gateway.metric('prediction_record_dropped_total'),
    warned: gateway.log.filter(({ level, msg }) => level === 'warn' && msg === WARNING).length,
  };
}

/**
 * A disk that can be filled and locked: a small tmpfs where that can be mounted (Linux, root). Elsewhere a limit on the
 * size of the gateway's files (`prlimit`) simulates a full disk, and a folder without write permission a read-only one.
 */
function smallDisk() {
  const mount = mkdtempSync(join(tmpdir(), 'coppice-disk-'));
  const directory = join(mount, 'data');
  const mounted = canMount(mount);
  mkdirSync(directory);
  const run = (...command: [string, ...string[]]) => execFileSync(command[0], command.slice(1), { stdio: 'pipe' });
  const limit = (pid: number, bytes: string) => run('prlimit', '--pid', String(pid), `--fsize=${bytes}:`);
  const mode = (name: 'ro' | 'rw') =>
    mounted ? run('mount', '-o', `remount,${name}`, mount) : run('chmod', name === 'ro' ? '0555' : '0755', directory);
  onTestFinished(() => {
    if (mounted) run('umount', '--lazy', mount);
    else mode('rw');
    rmSync(mount, { recursive: true, force: true });
  });
  return {
    directory,
    fill(pid: number) {
      if (!mounted) return limit(pid, '4096');
      try {
        for (let i = 0; ; i++) writeFileSync(join(mount, `filler-${i}`), Buffer.alloc(4096));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    free: (pid: number) => (mounted ? run('sh', '-c', 'rm -f "$0"/filler-*', mount) : limit(pid, 'unlimited')),
    lock: () => mode('ro'),
    unlock: () => mode('rw'),
  };
}

function canMount(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', directory], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
