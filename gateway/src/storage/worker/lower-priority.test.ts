import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

/** Threads of this process by their priority. */
function priorities(): Map<number, number> {
  const counts = new Map<number, number>();
  for (const thread of readdirSync('/proc/self/task')) {
    // the 19th field, counted from after the name, which may hold spaces
    const nice = Number(readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ')[16]);
    counts.set(nice, (counts.get(nice) ?? 0) + 1);
  }
  return counts;
}

it.runIf(process.platform === 'linux')('is that of the thread that asks for it, and of no other', async () => {
  const before = priorities();
  const code = `
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(import.meta.resolve('./lower-priority.ts'))}).then(({ lowerPriority }) => {
      lowerPriority();
      parentPort.postMessage('done');
    });
    parentPort.once('message', () => {});`;
  const worker = new Worker(code, { eval: true });
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  expect((priorities().get(10) ?? 0) - (before.get(10) ?? 0)).toBe(1);
  await worker.terminate();
});
