// Needs of the gateway: `MODEL_V<n>_NAME`, an output that is known by its shape.

import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectIris } from './expect-iris.ts';
import { expectMixed } from './expect-mixed.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type Reader, startReader } from './recipes.ts';
import { startTritonStandIn } from './triton-stand-in.ts';

describe('what Triton documents, beside a forest of our own', () => {
  let reader: Reader;
  let triton: Awaited<ReturnType<typeof startTritonStandIn>>;
  let fleet: Fleet;
  beforeAll(async () => {
    reader = await startReader();
    await reader.train();
    triton = await startTritonStandIn({ 'iris-onnx': 'onnx', 'iris-fil': 'fil' });
    const settings = await reader.settings('triton-settings');
    fleet = await startFleet(reader, {
      ...{ ...settings, MODEL_V2_URL: triton.url },
      ...{ MODEL_V3_URL: triton.url, MODEL_V3_NAME: 'iris-fil' },
    });
  });
  afterAll(async () => {
    await fleet?.stop();
    await triton?.stop();
    await reader?.stop();
  });

  it.each([
    ['v2', 'an ONNX file with its own tensors'],
    ['v3', 'the FIL backend, which answers probabilities alone'],
  ])('%s predicts with probabilities: %s', async (version) => {
    await expectIris(fleet.gateway, { version });
  });

  it('shares traffic over all of them', async () => {
    await expectMixed(fleet.gateway, ['v1', 'v2', 'v3']);
  });
});
