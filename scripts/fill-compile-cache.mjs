// Starts a server, waits until its /health answers, and stops it. The NODE_COMPILE_CACHE that it fills halves later starts,
// also those of another user: Node writes it for its own user only.
//   node scripts/fill-compile-cache.mjs http://127.0.0.1:8080/health [NODE OPTIONS…] models/src/main.ts
import { spawn } from 'node:child_process';
import { chmodSync, readdirSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [url, ...args] = process.argv.slice(2);
const server = spawn(process.execPath, args, { stdio: 'inherit' });
server.on('exit', (code, signal) => {
  if (code !== 0) console.error(`${args.at(-1)} exited with ${signal ?? code}`);
  flushCompileCache();
  openToOthers(process.env.NODE_COMPILE_CACHE);
  process.exit(code ?? 1);
});
const giveUp = Date.now() + 120_000;
while (!(await lives())) {
  if (Date.now() > giveUp) throw new Error(`${url} does not answer`);
  await sleep(100);
}
server.kill('SIGTERM');

function openToOthers(folder) {
  if (!folder) return;
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}

async function lives() {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
