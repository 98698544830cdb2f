import { prediction } from '@coppice/contract';
import { iris } from '@coppice/testkit/model-server';
import { type ReleaseFleet, startReleaseFleet } from '@coppice/testkit/release-fleet';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openapiDocument } from './document.ts';
import type { Operation } from './operation.ts';
import { namedSchemas, type SchemaName } from './schemas.ts';

let fleet: ReleaseFleet;
let gateway: TestGateway;
/** A prediction that is in the record. */
let known: string;
/** A replay, once the example has started one. */
let replay = '';

beforeAll(async () => {
  fleet = await startReleaseFleet(iris);
  await fleet.registry.beginJob({
    ...{ cause: { kind: 'alert', text: 'ModelDrift' }, who: 'test', state: 'refused', decision: 'Too few rows.' },
    ...{ started_at: '2026-03-01T00:00:00.000Z', ended_at: '2026-03-01T00:00:04.000Z' },
    ...{ release: null, rows: { base: 120, recorded: 12, train: 130, test: 2 }, gate: [], data: null },
  });
  gateway = await startGateway({ models: fleet.models, env: { REGISTRY_URL: fleet.folder } });
  const answer = await call('POST', '/predict', { features: [5.1, 3.5, 1.4, 0.2], reference: 'order-4711' });
  known = prediction.parse(answer.body).prediction_id as string;
  await vi.waitFor(async () => expect((await call('GET', `/predictions/${known}`)).status).toBe(200), {
    timeout: 20_000,
  });
});
afterAll(async () => {
  await gateway.stop();
  await fleet.stop();
});

type Media = { schema?: { $ref?: string; oneOf?: { $ref: string }[] }; examples?: Record<string, { value: unknown }> };
type Parameter = { name: string; in: string; example?: string };

const operations = Object.entries(openapiDocument().paths).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
);
const requests = operations.flatMap(({ path, method, operation }) => {
  const { content } = (operation.requestBody ?? { content: {} }) as { content: Record<string, Media> };
  const examples = Object.entries(content['application/json']?.examples ?? {});
  return examples.map(([name, { value }]) => ({ name, path, method, operation, value }));
});
// the root of a version's server is up to that server: ours has no such route; a stream has no end, and these models have no report
const elsewhere = ['/models/{version}', '/events'];
const reads = operations.filter(
  ({ method, path }) => method === 'get' && !elsewhere.includes(path) && !path.includes('/report'),
);

describe('the examples of the description', () => {
  it('exist for every JSON body', () => {
    const withBody = operations.filter(({ operation }) => operation.requestBody).map(({ path }) => path);
    expect([...new Set(requests.map(({ path }) => path))]).toEqual(withBody);
  });

  it.each(requests)('$method $path, $name: is answered as described', async ({ path, method, operation, value }) => {
    const { status, body } = await call(method, fill(path, operation), value);
    expect({ status, body }).toMatchObject({ status: statusOf(operation) });
    checkBody(operation, body);
    if (path === '/replay') replay = (body as { id: string }).id;
  });

  it.each(reads)('$method $path is answered as described', async ({ path, operation }) => {
    const { status, body } = await call('GET', fill(path, operation));
    expect({ status, body }).toMatchObject({ status: 200 });
    checkBody(operation, body);
  });
});

const statusOf = ({ responses }: Operation) => (200 in responses ? 200 : 202);

/** The answer has to match the schema in the description, if that is one of the named ones. */
function checkBody(operation: Operation, body: unknown): void {
  const { content } = operation.responses[statusOf(operation)] as { content?: Record<string, Media> };
  const { schema } = content?.['application/json'] ?? {};
  const refs = [schema, ...(schema?.oneOf ?? [])].flatMap((part) => part?.$ref ?? []);
  const names = refs.map((ref) => ref.split('/').at(-1) as SchemaName);
  const errors = names.map((name) => namedSchemas[name].safeParse(body).error?.message);
  expect(errors.length === 0 || errors.includes(undefined), errors.join()).toBe(true);
}

/** The path and query with the examples of its parameters. */
function fill(path: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []) as Parameter[];
  const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
    name === 'id' && !path.startsWith('/retraining')
      ? path.startsWith('/replay')
        ? replay
        : known
      : String(parameters.find((parameter) => parameter.name === name)?.example),
  );
  const query = parameters.filter(({ in: where, example }) => where === 'query' && example !== undefined);
  return `${filled}?${query.map(({ name, example }) => `${name}=${example}`).join('&')}`;
}

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(gateway.url + path, {
    method: method.toUpperCase(),
    headers: { authorization: 'Bearer test-admin-token', ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: withKnownId(body) } : {}),
  });
  const json = answer.headers.get('content-type')?.startsWith('application/json');
  return { status: answer.status, body: json ? await answer.json() : await answer.text() };
}

function withKnownId(body: unknown): string {
  return JSON.stringify(body, (key, value) => (key === 'prediction_id' ? known : value));
}
