import { parentPort, workerData } from 'node:worker_threads';
import { ClosedLoop } from './closed-loop.ts';
import { rowsThatAllKnow } from './common-rows.ts';
import type { Load } from './load-thread.ts';
import { openLoop } from './open-loop.ts';
import { predictTarget } from './target.ts';

/*
 * The thread of load-thread.ts. Posts the capacity, then the result of each period; ends with an error when a prediction
 * fails.
 */
const { url, share, periods, requests } = workerData as Load;
const target = predictTarget({ name: 'loaded', label: 'loaded', url });
const rows = await rowsThatAllKnow([target]);
const closed = new ClosedLoop(target, { connections: 32, rows });
// fresh processes compile first
await closed.send(requests);
const began = performance.now();
await closed.send(requests);
const capacity = (requests * 1000) / (performance.now() - began);
await closed.close();
parentPort?.postMessage(capacity);
for (const seconds of periods)
  parentPort?.postMessage(await openLoop(target, { rate: share * capacity, seconds, rows }));
