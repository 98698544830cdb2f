import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ModelCard, modelCard } from '@coppice/contract';
import { writeFixtureModel } from '@coppice/testkit/fixture-model';
import { iris, startModelServer } from '@coppice/testkit/model-server';
import { afterAll, beforeAll, expect, it } from 'vitest';

const folders = ['new', 'old'].map((name) => mkdtempSync(join(tmpdir(), `coppice-${name}-`)));
let servers: Awaited<ReturnType<typeof startModelServer>>[];
beforeAll(async () => {
  const [, old = ''] = folders;
  const [, card] = folders.map((dir) => writeFixtureModel(dir, iris));
  writeFileSync(join(old, 'model-card.json'), JSON.stringify(formatOne(card as ModelCard)));
  servers = await Promise.all(folders.map((modelDir) => startModelServer({ version: 'v1', modelDir })));
});
afterAll(async () => {
  for (const server of servers ?? []) await server.stop();
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

/** The card as trainers before format 2 wrote it. */
function formatOne({ features, classes, ...card }: ModelCard) {
  return {
    ...card,
    format: 1,
    features: features.map(({ kind, nullable, missing, ...feature }) => feature),
    classes: classes.map(({ typical, ...known }) => ({ ...known, medians: typical })),
  };
}

const rows = [
  [0, 1, 2, 3],
  [1, 1, 2, 3],
  [2, 1, 2, 3],
];
const tensor = { name: 'features', datatype: 'FP64', shape: [3, 4], data: rows.flat() };

it.each<[string, string, unknown]>([
  ['GET', '/ready', undefined],
  ['GET', '/v2/models/iris', undefined],
  ['POST', '/predict', { instances: rows }],
  ['POST', '/predict', { features: { sepal_length: 1, sepal_width: 1, petal_length: 2, petal_width: 3 } }],
  ['POST', '/predict', { features: [1, 2, null, 4] }],
  ['POST', '/v2/models/iris/infer', { id: '7', inputs: [tensor] }],
  ['POST', '/v2/models/iris/infer', { inputs: [{ ...tensor, name: 'X' }] }],
])('a card of format 1 is served as before, byte for byte: %s %s %j', async (method, path, body) => {
  const [now, before] = await Promise.all(
    servers.map(async ({ url }) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(url + path, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
      });
      return { status: answer.status, text: await answer.text() };
    }),
  );
  expect(before?.status).toBeLessThan(500);
  expect(before).toEqual(now);
});

it('a card of format 1 is described as one of format 2, with the release that it had', async () => {
  const [now, before] = await Promise.all(
    servers.map(async ({ url }) => modelCard.parse(await (await fetch(`${url}/model-info`)).json())),
  );
  expect(before).toEqual({ ...now, release: hash('sha256', JSON.stringify(formatOne(now as ModelCard))) });
});

it('a purely numeric model answers its tensors as it always did', async () => {
  const post = (body: unknown) =>
    fetch(`${servers[1]?.url}/v2/models/iris/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect(await (await post({ id: '7', inputs: [tensor] })).text()).toBe(
    '{"model_name":"iris","model_version":"v1","id":"7","outputs":[{"name":"label","datatype":"INT64","shape":[3],"data":[0,1,2]},{"name":"probability","datatype":"FP64","shape":[3,3],"data":[1,0,0,0,1,0,0,0,1]}]}',
  );
  expect(await (await post({ inputs: [{ ...tensor, name: 'X' }] })).text()).toBe(
    '{"error":"inputs must hold exactly one tensor, features; it holds X"}',
  );
});
