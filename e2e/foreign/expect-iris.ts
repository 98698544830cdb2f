import type { TestGateway } from '@coppice/testkit/start-gateway';
import { expect } from 'vitest';

const flowers: [number[], number, string][] = [
  [[5.1, 3.5, 1.4, 0.2], 0, 'setosa'],
  [[5.7, 2.8, 4.1, 1.3], 1, 'versicolor'],
  [[6.7, 3, 5.2, 2.3], 2, 'virginica'],
];

type Expected = {
  /** Pins it, and expects it to answer. */
  version?: string;
  /** Whether it gives probabilities, or labels alone. */
  probabilities?: boolean;
};

/** Expects the classes of three flowers that no model mistakes, one by one and as a batch. */
export async function expectIris(
  gateway: TestGateway,
  { version, probabilities = true }: Expected = {},
): Promise<void> {
  const headers: Record<string, string> = version ? { 'x-model-version': version } : {};
  for (const [features, prediction, name] of flowers) {
    const { status, body } = await gateway.post('/predict', { features }, headers);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { prediction, class: name, ...(version ? { model_version: version } : {}) },
    });
    if (probabilities) expectProbabilities(body.probability, prediction);
    else expect(body.probability).toBeNull();
  }
  const batch = await gateway.post('/predict', { instances: flowers.map(([features]) => features) }, headers);
  expect(batch.body.predictions.map((each: { class: string }) => each.class)).toEqual(
    flowers.map(([, , name]) => name),
  );
}

function expectProbabilities(probability: number[], prediction: number): void {
  expect(probability).toHaveLength(3);
  expect(probability.reduce((sum, share) => sum + share)).toBeCloseTo(1, 3);
  expect(probability.indexOf(Math.max(...probability))).toBe(prediction);
}
