import { connect } from 'node:net';
import { readAllowedHosts, type Serving, serve } from '@coppice/serverkit';
import { PredictionFault } from '@coppice/serverkit/open-inference';
import { fixtureApp } from '@coppice/testkit/fixture-app';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../app.ts';
import type { ModelStatus } from '../host/model-host.ts';

const ROWS = [
  [0, 0, 0],
  [1, 0.5, -2],
  [2, 1e300, 5e-324],
];
const FAULT = 'row 0 has probability 3 of class a: must be from 0 to 1';
const servings: Serving[] = [];
/** Servers of the same model: with its release, without one, broken, starting; each with the fast way and without it. */
const pairs: Record<string, { fast: number; usual: number }> = {};

beforeAll(async () => {
  const { host } = await fixtureApp();
  const ready = host.status as Extract<ModelStatus, { ready: true }>;
  const infer = () => Promise.reject(new PredictionFault(FAULT));
  const statuses: Record<string, ModelStatus> = {
    'of a folder': ready,
    'of a release': { ...ready, release: 7 },
    'that answers what is no prediction': { ...ready, release: 7, model: { ...ready.model, infer } },
    'that fails': { ...ready, model: { ...ready.model, infer: () => Promise.reject(new Error('of the model')) } },
    'that is not loaded': { ready: false, reason: 'still loading' },
  };
  for (const [name, status] of Object.entries(statuses)) {
    const ports: number[] = [];
    for (const way of ['fast', 'usual']) {
      const { app, fastRoute } = createApp({
        config: { modelName: 'iris', modelVersion: 'v1', hosts: readAllowedHosts('') },
        ...{ host: { status }, registry: new Registry(), log: pino({ level: 'silent' }) },
      });
      const serving = await serve(app, { port: 0, host: '127.0.0.1', fastRoute: way === 'fast' ? fastRoute : null });
      servings.push(serving);
      ports.push(serving.port);
    }
    pairs[name] = { fast: ports[0] as number, usual: ports[1] as number };
  }
});
afterAll(() => Promise.all(servings.map(({ drain }) => drain(0))));

type Asked = {
  rows?: number[][];
  json?: object;
  length?: string;
  headers?: string[];
  path?: string;
  tail?: Buffer;
  host?: string;
};

/** What a gateway sends: JSON, and the numbers of its tensor after it. */
function request({
  rows = ROWS,
  json,
  length,
  headers = [],
  path = '/v2/models/iris/infer',
  tail,
  host = '127.0.0.1',
}: Asked = {}): Buffer {
  const numbers = tail ?? Buffer.from(new Float64Array(rows.flat()).buffer);
  const parameters = { binary_data_size: numbers.length };
  const described = {
    inputs: [{ name: 'features', shape: [rows.length, 3], datatype: 'FP64', parameters }],
    parameters: { binary_data_output: true },
    ...json,
  };
  const text = Buffer.from(JSON.stringify(described));
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${host}`,
    'connection: keep-alive',
    ...(headers.some((header) => header.startsWith('content-type')) ? [] : ['content-type: application/octet-stream']),
    `inference-header-content-length: ${length ?? text.length}`,
    ...headers,
    `content-length: ${text.length + numbers.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), text, numbers]);
}

/** The bytes of the answer to one request, without its date. */
async function raw(port: number, bytes: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  socket.write(bytes);
  let answer = '';
  for await (const chunk of socket) {
    answer += chunk;
    const [, length] = /\r\nContent-Length: (\d+)\r\n/i.exec(answer) ?? [];
    const at = answer.indexOf('\r\n\r\n');
    if (at >= 0 && answer.length - at - 4 >= Number(length ?? 0)) break;
  }
  return answer.replace(/Date: .*/, '<date>');
}

const counts = async (port: number) => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return text.split('\n').filter((line) => /^model_server_(requests|rows|errors)_total|infer_seconds_count/.test(line));
};

describe('an infer request past the app', () => {
  const cases: [string, Buffer][] = [
    ['rows', request()],
    ['one row', request({ rows: [[1, 2, 3]] })],
    ['an id', request({ json: { id: 'größe' } })],
    ['outputs as JSON', request({ json: { parameters: {} } })],
    ['one output', request({ json: { outputs: [{ name: 'label' }] } })],
    ['an unknown output', request({ json: { outputs: [{ name: 'none' }] } })],
    ['NaN', request({ rows: [[1, Number.NaN, 0]] })],
    ['too few numbers', request({ tail: Buffer.alloc(8) })],
    ['no JSON', request({ length: '3' })],
    ['a length beyond the body', request({ length: '9999' })],
    ['another model', request({ path: '/v2/models/other/infer' })],
    ['its version in the path', request({ path: '/v2/models/iris/versions/v1/infer' })],
    ['another type', request({ headers: ['content-type: text/plain'] })],
    ['a page of another origin', request({ headers: ['origin: https://evil.example'] })],
    ['a host that the server does not have', request({ host: 'evil.example' })],
  ];
  for (const of of [
    'of a folder',
    'of a release',
    'that answers what is no prediction',
    'that fails',
    'that is not loaded',
  ])
    it.each(cases)(
      `to a model ${of}, with %s, is answered by the same bytes and counted alike`,
      async (_what, bytes) => {
        const { fast, usual } = pairs[of] as { fast: number; usual: number };
        const answer = await raw(fast, bytes);
        expect(answer).toBe(await raw(usual, bytes));
        expect(answer).toMatch(/^HTTP\/1\.1 \d{3} /);
        expect(await counts(fast)).toEqual(await counts(usual));
      },
    );

  it('goes on on the same connection, until one comes that the app must answer', async () => {
    const { fast } = pairs['of a release'] as { fast: number };
    const socket = connect(fast, '127.0.0.1').setEncoding('latin1');
    const next = async () => {
      for await (const chunk of socket.iterator({ destroyOnReturn: false })) return String(chunk);
      return '';
    };
    const statuses: string[] = [];
    for (const bytes of [request(), request({ rows: [[1]] }), request()]) {
      socket.write(bytes);
      statuses.push((await next()).slice(9, 12));
    }
    expect(statuses).toEqual(['200', '400', '200']);
    socket.destroy();
  });
});
