import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endless } from '@coppice/testkit/oip-server';
import { describe } from 'vitest';
import { printFigures } from './figures.ts';
import { peakMemory } from './peak-memory.ts';
import { Gateway } from './stack.ts';

const SECONDS = 15;
const PEAK_MB = 300;
/** So wide that its model card may be as large as any. */
const FEATURES = 250;

/** Answers to the paths that the gateway reads of a version, until one of the ways to be without measure replaces them. */
const usual: Record<string, (res: ServerResponse) => void> = {
  '/v2': (res) => void res.end('{}'),
  '/v2/models/iris': (res) =>
    void res.end(JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP64', shape: [-1, FEATURES] }] })),
  '/v2/models/iris/ready': (res) => void res.end('{}'),
};

const ways: Record<string, { path: string; answer: (res: ServerResponse) => void }> = {
  'an endless readiness check': { path: '/v2/models/iris/ready', answer: endless },
  'endless metadata': { path: '/v2/models/iris', answer: endless },
  'an endless model card': { path: '/model-info', answer: endless },
  'another large model card each time': {
    path: '/model-info',
    answer: (res) => void res.end(`[${`[${Math.random()}],`.repeat(270_000)}1]`),
  },
  'deeply nested metadata': { path: '/v2/models/iris', answer: (res) => void res.end('['.repeat(200_000)) },
};

describe.concurrent('a version that answers without measure', { concurrent: true }, (it) => {
  it.for(Object.keys(ways))('by %s', async (way, { expect, onTestFinished }) => {
    const { path, answer } = ways[way] as (typeof ways)[string];
    const answers = { ...usual, [path]: answer };
    const server = createServer((req: IncomingMessage, res) => (answers[req.url ?? ''] ?? notFound)(res));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const folder = mkdtempSync(join(tmpdir(), 'coppice-faults-'));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const gateway = new Gateway({ MODEL_V1_URL: url, MODEL_V2_URL: 'none', DATA_DIR: folder });
    onTestFinished(async () => {
      await gateway.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    });
    await gateway.start();
    await sleep(SECONDS * 1000);
    const peak = peakMemory(gateway.pid);
    const [state] = (await gateway.ready()).versions;
    printFigures(`A version with ${way}`, { 'GET /ready': state?.reason ?? 'no reason', 'peak memory, MB': peak });
    expect(state?.ready).toBe(false);
    expect(state?.reason).toBeTruthy();
    expect(peak).toBeLessThanOrEqual(PEAK_MB);
  });
});

const notFound = (res: ServerResponse) => void res.writeHead(404).end();
