import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openRegistry } from '../open-registry.ts';
import { StoreUnavailableError } from './object-store.ts';
import { S3Store } from './s3-store.ts';

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(() => void vi.unstubAllEnvs());

it('calls a store away that takes requests and never answers', async () => {
  const open = new Set<Socket>();
  const silent = createServer((socket) => open.add(socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as { port: number };
  const store = new S3Store({ bucket: 'b', prefix: '', endpoint: `http://127.0.0.1:${port}`, silenceMs: 50 });
  try {
    await expect(store.read('a')).rejects.toThrow(StoreUnavailableError);
  } finally {
    for (const socket of open) socket.destroy();
    silent.close();
    store.close();
  }
});

it('takes an empty region for none, as Compose passes it on', async () => {
  const nowhere = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_REGION: '' };
  const registry = await openRegistry('s3://bucket', 'iris', nowhere);
  await expect(registry.current()).rejects.toThrow(/s3:\/\/bucket.*ECONNREFUSED/);
});
