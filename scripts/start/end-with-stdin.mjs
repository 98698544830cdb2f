// Preloaded into each server of `npm start`: stops it when its standard input ends, which is when the process that started
// it is gone, killed or not.

import { isMainThread } from 'node:worker_threads';

// it is preloaded into their worker threads, too
if (isMainThread) {
  process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume();
  process.stdin.unref();
}
