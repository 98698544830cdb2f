import { createServer, type Server } from 'node:net';
import { freePort } from '@coppice/testkit/programs/free-port';
import { afterEach, describe, expect, it } from 'vitest';
import { isTaken } from './port-taken.ts';

describe('a port', () => {
  let server: Server | undefined;
  afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

  const listen = (port: number, host?: string) =>
    new Promise<void>((resolve) => {
      server = createServer().listen({ port, host }, resolve);
    });

  it('is free until somebody listens', async () => {
    const port = await freePort();
    expect(await isTaken(port, '127.0.0.1')).toBe(false);
    await listen(port, '127.0.0.1');
    expect(await isTaken(port, '127.0.0.1')).toBe(true);
  });

  it('is taken by who listens on all addresses', async () => {
    const port = await freePort();
    await listen(port);
    expect(await isTaken(port, '127.0.0.1')).toBe(true);
  });
});
