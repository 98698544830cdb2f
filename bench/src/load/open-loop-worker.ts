import { parentPort, workerData } from 'node:worker_threads';
import { ClosedLoop } from './closed-loop.ts';
import { rowsThatAllKnow } from './common-rows.ts';
import { openLoop } from './open-loop.ts';
import { predictTarget } from './target.ts';

/*
 * Sends predictions at a share of the capacity, in a thread of its own: what this same program gets answered at most on this
 * machine. Posts the rate once it sends at it; ends with an error when a prediction fails.
 */
const { url, share, seconds } = workerData as { url: string; share: number; seconds: number };
const target = predictTarget({ name: 'loaded', label: 'loaded', url });
const rows = await rowsThatAllKnow([target]);
const closed = new ClosedLoop(target, { connections: 32, rows });
await closed.send(10_000);
const began = performance.now();
const REQUESTS = 30_000;
await closed.send(REQUESTS);
const rate = (share * REQUESTS * 1000) / (performance.now() - began);
await closed.close();
parentPort?.postMessage(rate);
await openLoop(target, { rate, seconds, rows });
