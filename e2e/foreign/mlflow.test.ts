// Needs of the gateway: `MODEL_V<n>_NAME`, URLs that end in /invocations, a tensor per column, probability null.

import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectIris } from './expect-iris.ts';
import { expectMixed } from './expect-mixed.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type Reader, startReader } from './recipes.ts';

let reader: Reader;
beforeAll(async () => {
  reader = await startReader();
  await reader.train();
  await reader.pythonWith(labelsAlone, 'mlflow-model');
  await Promise.all([
    reader.serve('mlflow-serve', 'http://127.0.0.1:9090/ping'),
    reader.serve('mlflow-mlserver-serve', 'http://127.0.0.1:9180/v2/models/iris-mlflow/ready'),
  ]);
});
afterAll(() => reader?.stop());

/** The same forest as classes' names. */
const labelsAlone = `
mlflow.sklearn.save_model(
    forest, 'mlflow-labels', signature=mlflow.models.infer_signature(X, forest.predict(X)), serialization_format='cloudpickle'
)
`;

describe('MLflow’s scoring server and MLServer with MLflow’s runtime, beside a forest of our own', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(reader, {
      ...(await reader.settings('mlflow-settings')),
      ...(await reader.settings('mlflow-mlserver-settings')),
    });
  });
  afterAll(() => fleet?.stop());

  it.each([
    ['v2', 'the scoring server'],
    ['v3', 'MLServer, which wants a tensor per column'],
  ])('%s predicts with probabilities: %s', async (version) => {
    await expectIris(fleet.gateway, { version });
  });

  it('shares traffic over all of them', async () => {
    await expectMixed(fleet.gateway, ['v1', 'v2', 'v3']);
  });
});

describe('an MLflow model that was saved without predict_proba', () => {
  it('answers its labels, which are names, and no probabilities', async () => {
    await reader.serve('mlflow-serve', 'http://127.0.0.1:9190/ping', { 'mlflow-iris': 'mlflow-labels', 9090: '9190' });
    const labels = await startFleet(reader, {
      MODEL_V2_URL: await reader.local('http://127.0.0.1:9190/invocations'),
    });
    try {
      await expectIris(labels.gateway, { version: 'v2', probabilities: false });
    } finally {
      await labels.stop();
    }
  });
});
