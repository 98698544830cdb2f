import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { startThrowawayPostgres, type ThrowawayPostgres } from '@coppice/testkit/programs/throwaway-postgres';
import { idAt } from '@coppice/testkit/record/databases';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let postgres: ThrowawayPostgres;
let model: OipServer;
let one: TestGateway;
let other: TestGateway;
beforeAll(async () => {
  postgres = await startThrowawayPostgres();
  model = await startOipServer();
  const env = { DATABASE_URL: await postgres.createDatabase('shared'), RECORD_FLUSH_MS: '200' };
  [one, other] = await Promise.all([
    startGateway({ models: [model.url], env }),
    startGateway({ models: [model.url], env }),
  ]);
});
afterAll(async () => {
  await one.stop();
  await other.stop();
  await model.stop();
  await postgres.stop();
});

/** Any class of the model. */
const anyClass = async () => (await one.predict(1)).body.class as string;

describe('a second gateway on one PostgreSQL', () => {
  it('takes feedback to a prediction of the first, and until its row is there says when to try again', async () => {
    const { prediction_id, class: name } = (await one.predict(1)).body;
    const send = () => other.post('/feedback', { prediction_id, actual: name });
    const statuses = new Set<number>();
    await expect
      .poll(async () => {
        const { status } = await send();
        statuses.add(status);
        return status;
      })
      .toBe(200);
    expect(statuses).not.toContain(404);
    expect((await send()).body.feedback).toMatchObject([{ prediction_id, correct: true, counted: 'same' }]);
  });

  it('says of an id that is a moment old that its row may follow', async () => {
    const actual = await anyClass();
    const id = randomUUIDv7();
    for (const answer of [
      await other.post('/feedback', { prediction_id: id, actual }),
      await other.post('/feedback', { feedback: [{ prediction_id: id, actual }] }),
      await other.get(`/predictions/${id}`),
    ]) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.body.detail).toContain(id);
    }
  });

  it.each([
    ['is older', idAt(Date.now() - 10_000)],
    ['has no time', randomUUID()],
  ])('does not know an id that %s', async (_what, id) => {
    expect((await other.post('/feedback', { prediction_id: id, actual: await anyClass() })).status).toBe(404);
    expect((await other.get(`/predictions/${id}`)).status).toBe(404);
  });
});
