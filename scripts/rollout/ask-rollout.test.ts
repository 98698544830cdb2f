import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { askRollout } from './ask-rollout.ts';

it('says of a gateway that is slow to answer that the change may still come', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  try {
    await expect(askRollout(url, '/abort', { token: undefined, body: { reason: 'x' }, timeoutMs: 50 })).rejects.toThrow(
      `the gateway at ${url} does not answer; it may still do what was asked: npm run rollout -- status`,
    );
    await expect(askRollout(url, '', { token: undefined, timeoutMs: 50 })).rejects.toThrow(
      `the gateway at ${url} does not answer`,
    );
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});
