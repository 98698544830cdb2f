// Needs of the gateway: `MODEL_V<n>_NAME`, `predict_proba` asked for, labels that are names, probability null.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectIris } from './expect-iris.ts';
import { expectMixed } from './expect-mixed.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type Reader, startReader } from './recipes.ts';

let reader: Reader;
beforeAll(async () => {
  reader = await startReader();
  await reader.train();
  await reader.pythonWith(labelsAlone, 'mlserver-models');
  await reader.serve('mlserver-serve', 'http://127.0.0.1:9080/v2/health/ready');
});
afterAll(() => reader?.stop());

/** A model that has no probabilities, behind the page's own. */
const labelsAlone = `
from sklearn.svm import SVC
joblib.dump(SVC().fit(X, y), folder('iris-svc', 'mlserver_sklearn.SKLearnModel', 'model.joblib'))
`;

describe('MLServer with scikit-learn, XGBoost and LightGBM, beside a forest of our own', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(reader, await reader.settings('mlserver-settings'));
  });
  afterAll(() => fleet?.stop());

  it.each([
    ['v1', 'the forest'],
    ['v2', 'scikit-learn, whose labels are names'],
    ['v3', 'XGBoost, whose probabilities are FP32'],
    ['v4', 'LightGBM, which answers probabilities alone'],
  ])('%s predicts with probabilities: %s', async (version) => {
    await expectIris(fleet.gateway, { version });
  });

  it('shares traffic over all of them', async () => {
    await expectMixed(fleet.gateway, ['v1', 'v2', 'v3', 'v4']);
  });

  it('answers tritonclient’s binary calls, whichever version they reach', async () => {
    const { host } = new URL(fleet.gateway.url);
    const code = `
import numpy, tritonclient.http as http
client = http.InferenceServerClient('${host}')
rows = http.InferInput('features', [2, 4], 'FP64')
rows.set_data_from_numpy(numpy.array([[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]))
answers = [client.infer('iris', [rows]).as_numpy('label').ravel().tolist() for _ in range(60)]
assert answers == [[0, 2]] * 60, answers
print(len(answers))
`;
    expect(await reader.pythonWith(code)).toBe('60\n');
  });
});

describe('a model without probabilities', () => {
  it('answers its labels, and no probabilities', async () => {
    const settings = await reader.settings('mlserver-settings');
    const fleet = await startFleet(reader, {
      MODEL_V2_URL: settings.MODEL_V2_URL as string,
      MODEL_V2_NAME: 'iris-svc',
    });
    try {
      await expectIris(fleet.gateway, { version: 'v2', probabilities: false });
    } finally {
      await fleet.stop();
    }
  });
});

describe('a model that the server does not have', () => {
  it('is not ready, for the server’s own reason', async () => {
    const { MODEL_V2_URL = '' } = await reader.settings('mlserver-settings');
    await expect(startFleet(reader, { MODEL_V2_URL, MODEL_V2_NAME: 'iris-lost' })).rejects.toThrow(
      /Model iris-lost not found/,
    );
  });
});
