// Preloaded into the trainer: ends it when its standard input does, which is when the retrainer is gone, killed or not.

import { isMainThread } from 'node:worker_threads';

// it is preloaded into worker threads, too
if (isMainThread) {
  process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume();
  process.stdin.unref();
}
