import { startTestModels } from './start-test-models.ts';

/** A real gateway before two real model servers that answer alike: class a, b or c by x0. */
export async function startSmallStack(env: Record<string, string> = {}) {
  const models = await startTestModels({ names: { features: ['x0', 'x1'], classes: ['a', 'b', 'c'] }, shift: 0 });
  const gateway = await models.startGateway(env);
  return {
    url: gateway.url,
    async stop() {
      await gateway.stop();
      await models.stop();
    },
  };
}
