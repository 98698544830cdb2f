import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from './stack/stack.ts';

type Line = Record<string, unknown>;

const lines = (stack: Stack, service: string): Line[] =>
  stack
    .log(service)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

async function use(stack: Stack): Promise<void> {
  const answer = await fetch(`${stack.gatewayUrl}/predict`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'order-4711', 'X-Model-Version': 'v2' },
    body: JSON.stringify({ features: [5.123, 3.5, 1.4, 0.2], user: 'somebody' }),
  });
  expect(answer.status).toBe(200);
  for (const path of ['/health', '/ready', '/metrics']) expect((await fetch(stack.gatewayUrl + path)).status).toBe(200);
}

describe('the log at debug', () => {
  let stack: Stack;
  beforeAll(async () => {
    const debug = { LOG_LEVEL: 'debug' };
    stack = await startStack({ versions: ['v1', 'v2'], ui: false, env: { gateway: debug, models: debug } });
    await use(stack);
  });
  afterAll(() => stack?.stop());

  it('has a line for a prediction that can be followed', async () => {
    await expect
      .poll(() => lines(stack, 'gateway').find(({ request_id }) => request_id === 'order-4711'))
      .toMatchObject({
        service: 'gateway',
        level: 'debug',
        prediction_id: expect.stringMatching(/^[\da-f-]{36}$/),
        version: 'v2',
        route: 'pinned',
        latency_ms: expect.any(Number),
      });
  });

  it.each(['gateway', 'model-v2'])('of %s leaves out health checks and scrapes', (service) => {
    expect(stack.log(service)).not.toMatch(/"(path|url)":"[^"]*(health|ready|metrics)/);
  });
});

describe('the log at info, in good health', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ versions: ['v1', 'v2'] });
    await use(stack);
  });
  afterAll(() => stack?.stop());

  it.each(['gateway', 'model-v1', 'model-v2', 'ui'])('of %s is JSON lines without warnings', (service) => {
    const all = stack.log(service).trim().split('\n');
    expect(all.length).toBeGreaterThan(0);
    for (const line of all) expect(JSON.parse(line)).toMatchObject({ level: 'info', time: expect.any(String) });
  });

  it('tells neither features nor users nor keys', () => {
    for (const service of ['gateway', 'model-v1', 'model-v2', 'ui'])
      expect(stack.log(service)).not.toMatch(/5\.123|somebody|test-admin-token/);
  });
});
