import { cardOf } from '@coppice/testkit/card-of-rows';
import { expect, it } from 'vitest';
import { openInference } from './open-inference.ts';

const card = cardOf(
  [0, 1].map((label) => ({ features: [label], label })),
  ['a'],
);
const metadata = {
  inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 1] }],
  outputs: [{ name: 'label', datatype: 'INT64', shape: [-1] }],
};
const fleet = { own: () => null, schema: () => null, classes: () => undefined };

async function keyOf(server: object, release: string): Promise<string> {
  const bodies: Record<string, object> = { '/v2': server, '/v2/models/iris': metadata, '/model-info': card };
  const get = async (path: string) => ({
    status: 200,
    headers: { 'x-model-release': release },
    body: Buffer.from(JSON.stringify(bodies[path])),
  });
  const protocol = openInference({ get }, { modelName: 'iris', now: () => 0, fleet });
  return (await protocol.identify(null)).key;
}

it('a release is the same one on the next image of its server, unless that takes other requests', async () => {
  const key = await keyOf({ name: 'server', version: '1.0.0' }, '1');
  expect(await keyOf({ name: 'server', version: '1.1.0' }, '1')).toBe(key);
  expect(await keyOf({ version: '1.1.0', extensions: ['binary_tensor_data'] }, '1')).not.toBe(key);
  expect(await keyOf({ name: 'server', version: '1.0.0' }, '2')).not.toBe(key);
});
