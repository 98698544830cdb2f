// Starts a server, waits until its /health answers, and stops it. The NODE_COMPILE_CACHE that it fills halves later starts.
//   node scripts/fill-compile-cache.mjs http://127.0.0.1:8080/health [NODE OPTIONS…] models/src/main.ts
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const [url, ...args] = process.argv.slice(2);
const server = spawn(process.execPath, args, { stdio: 'inherit' });
server.on('exit', (code, signal) => {
  if (code !== 0) console.error(`${args.at(-1)} exited with ${signal ?? code}`);
  process.exit(code ?? 1);
});
const giveUp = Date.now() + 120_000;
while (!(await lives())) {
  if (Date.now() > giveUp) throw new Error(`${url} does not answer`);
  await sleep(100);
}
server.kill('SIGTERM');

async function lives() {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
