import { workerData } from 'node:worker_threads';
import { rowsThatAllKnow } from './common-rows.ts';
import { openLoop } from './open-loop.ts';
import { predictTarget } from './target.ts';

/* Sends predictions at a fixed rate, in a thread of its own. Ends with an error when one fails. */
const { url, rate, seconds } = workerData as { url: string; rate: number; seconds: number };
const target = predictTarget({ name: 'loaded', label: 'loaded', url });
await openLoop(target, { rate, seconds, rows: await rowsThatAllKnow([target]) });
