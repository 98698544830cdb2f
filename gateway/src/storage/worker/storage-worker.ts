import { parentPort, workerData } from 'node:worker_threads';
import type { WriteMessage } from '../port/record-store.ts';
import { openStore, type StoreOptions } from './open-database.ts';
import { toWireError, type WireReply, type WireRequest } from './wire.ts';

const TRIM_PAUSE_MS = 20;

/*
 * The thread beside a database. It opens the store when it is first needed, and a file is closed after any failure and
 * opened afresh at the next call: a disk that was full needs nothing more. A server's connections renew themselves.
 */
type Store = Awaited<ReturnType<typeof openStore>>;
const port = parentPort as NonNullable<typeof parentPort>;
const options = workerData as StoreOptions;
let opening: Promise<Store> | null = null;
let trimming: NodeJS.Timeout | null = null;

function store(): Promise<Store> {
  opening ??= openStore(options, (state) => port.postMessage({ changed: state })).catch((error) => {
    opening = null;
    throw error;
  });
  return opening;
}

async function handle({ id, method, args }: WireRequest): Promise<void> {
  const buffers = method === 'write' ? (args[0] as WriteMessage).batches.map((batch) => batch.buffer) : [];
  let reply: WireReply;
  try {
    reply = { id, result: await perform(method, args), buffers };
    if (method === 'write') trimSoon();
  } catch (error) {
    reply = { id, error: toWireError(error), buffers };
    if (reply.error.unavailable && !options.concurrent) await reopenNextTime();
  }
  port.postMessage(reply, buffers);
}

async function perform(method: string, args: unknown[]): Promise<unknown> {
  if (method === 'close') return reopenNextTime();
  return ((await store()) as unknown as Record<string, (...args: unknown[]) => unknown>)[method]?.(...args);
}

async function reopenNextTime(): Promise<void> {
  if (trimming) clearTimeout(trimming);
  trimming = null;
  const closing = opening;
  opening = null;
  await closing?.then((opened) => opened.close()).catch(() => {});
}

function trimSoon(): void {
  trimming ??= setTimeout(async () => {
    // a failing disk is told of by the next write
    const more = await Promise.try(async () => (await opening)?.trim?.()).catch(() => false);
    trimming = null;
    if (more) trimSoon();
  }, TRIM_PAUSE_MS);
}

// one after the other: a transaction must not be entered by the next message
let last = Promise.resolve();
port.on('message', (request: WireRequest) => {
  if (options.concurrent) handle(request);
  else last = last.then(() => handle(request));
});
