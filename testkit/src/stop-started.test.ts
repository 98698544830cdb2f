import { expect, it } from 'vitest';
import { stopStarted } from './stop-started.ts';

it('a server that does not start leaves no other one running', async () => {
  const stopped: string[] = [];
  const server = (name: string) => ({ stop: async () => stopped.push(name) });
  const fails = Promise.reject(new Error('no port is free'));
  const late = new Promise<ReturnType<typeof server>>((resolve) => setTimeout(resolve, 20, server('late')));
  await stopStarted([Promise.resolve(server('at once')), fails, late]);
  expect(stopped).toEqual(['at once', 'late']);
});
