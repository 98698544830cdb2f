import { parentPort, workerData } from 'node:worker_threads';
import type { WriteMessage } from '../port/record-store.ts';
import { cellBuffers } from './cell-buffers.ts';
import { lowerPriority } from './lower-priority.ts';
import { type DatabaseOptions, type OpenDatabase, openDatabase } from './open-database.ts';
import { StoreFaultError, toWireError, type WireReply, type WireRequest } from './wire.ts';

const TRIM_PAUSE_MS = 20;

/*
 * A database's worker thread. It opens the database at the first call. After a failure it closes a file and reopens it at
 * the next call, so that it recovers from a full disk; a server's connections renew themselves.
 */
const port = parentPort as NonNullable<typeof parentPort>;
const options = workerData as DatabaseOptions;
// an export of the whole record takes seconds of a processor, and must not slow a prediction down
if (options.role === 'read') lowerPriority();
let opening: Promise<OpenDatabase> | null = null;
let trimming: NodeJS.Timeout | null = null;
let warned: string | null = null;

function opened(): Promise<OpenDatabase> {
  opening ??= openDatabase(options, (state) => port.postMessage({ changed: state })).catch((error) => {
    opening = null;
    throw error;
  });
  return opening;
}

async function handle({ id, store, method, args }: WireRequest): Promise<void> {
  const writes = store === 'record' && method === 'write';
  const buffers = writes ? (args[0] as WriteMessage).batches.map((batch) => batch.buffer) : [];
  let reply: WireReply;
  let moved: ArrayBuffer[] = [];
  try {
    const result = await perform(store, method, args);
    reply = { id, result, buffers };
    // moved, not copied: the main thread has better things to do
    if (store === 'comparison') moved = cellBuffers(result);
    if (writes) trimSoon();
    else if (method === 'probe') await warn();
  } catch (error) {
    reply = { id, error: toWireError(error), buffers };
    if (reply.error.unavailable && !options.concurrent) await reopenNextTime();
  }
  port.postMessage(reply, [...buffers, ...moved]);
}

async function perform(store: string, method: string, args: unknown[]): Promise<unknown> {
  if (store === 'thread' && method === 'close') return reopenNextTime();
  const stores = (await opened()) as unknown as Record<string, Record<string, (...args: unknown[]) => unknown>>;
  if (typeof stores[store]?.[method] !== 'function')
    throw new StoreFaultError(`this database has no call ${store}.${method}: see Stores in storage/port/database.ts`);
  return stores[store][method](...args);
}

async function reopenNextTime(): Promise<void> {
  if (trimming) clearTimeout(trimming);
  trimming = null;
  const closing = opening;
  opening = null;
  await closing?.then((database) => database.close()).catch(() => {});
}

function trimSoon(): void {
  trimming ??= setTimeout(async () => {
    // a failing disk shows at the next write
    const more = await Promise.try(async () => (await opening)?.upkeep?.trim()).catch(() => false);
    await warn();
    trimming = null;
    if (more) trimSoon();
  }, TRIM_PAUSE_MS);
}

/** Reports what a person should know, whenever that changes in more than its numbers. */
async function warn(): Promise<void> {
  const warning = await Promise.try(async () => (await opening)?.upkeep?.warning()).catch(() => warned);
  if (warning === undefined || words(warning) === words(warned)) return;
  warned = warning;
  port.postMessage({ warning });
}

const words = (text: string | null) => text?.replaceAll(/\d+/g, '');

// one after the other: the next message must not get into an open transaction
let last = Promise.resolve();
port.on('message', (request: WireRequest) => {
  if (options.concurrent) handle(request);
  else last = last.then(() => handle(request));
});
