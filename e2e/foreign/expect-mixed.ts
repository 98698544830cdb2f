import type { TestGateway } from '@coppice/testkit/start-gateway';
import { expect } from 'vitest';

/** Expects that unpinned requests reach every version, and that none fails. */
export async function expectMixed(gateway: TestGateway, versions: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const { status, body } = await gateway.post('/predict', { features: [6.7, 3, 5.2, 2.3] });
    expect({ status, class: body.class, route: body.route }).toEqual({
      status: 200,
      class: 'virginica',
      route: 'weighted',
    });
    seen.add(body.model_version);
  }
  expect([...seen].sort()).toEqual(versions);
}
