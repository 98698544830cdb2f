import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let models: OipServer[];
let gateway: TestGateway;
beforeAll(async () => {
  models = [await startOipServer(), await startOipServer()];
  gateway = await startGateway({ models: models.map(({ url }) => url) });
});
afterAll(async () => {
  await gateway.stop();
  for (const model of models) await model.stop();
});

/** A header's text as its bytes in UTF-8, which fetch sends unchanged. */
const utf8 = (text: string) => Buffer.from(text).toString('latin1');

describe('a header in UTF-8', () => {
  it('names the same user as the body', async () => {
    const users = Array.from({ length: 20 }, (_, i) => `Zoë 李 ${i}`);
    for (const user of users) {
      const byHeader = await gateway.predict(1, { 'x-user-id': utf8(user) });
      const byBody = await gateway.predict(1, {}, { user });
      expect(byHeader.body).toMatchObject({ route: 'sticky', model_version: byBody.body.model_version });
    }
  });

  it('names the same user as one in Latin-1', async () => {
    const versions = ['Zoë', 'Åsa', 'Jürgen', 'Núria', 'Øyvind', 'Çelik'].map(async (user) => {
      const [one, other] = [await gateway.predict(1, { 'x-user-id': user }), await gateway.predict(1, {}, { user })];
      return [one.body.model_version, other.body.model_version];
    });
    for (const [one, other] of await Promise.all(versions)) expect(one).toBe(other);
  });

  it('is at most 256 characters long, not bytes', async () => {
    expect((await gateway.predict(1, { 'x-user-id': utf8('ë'.repeat(256)) })).status).toBe(200);
    expect((await gateway.predict(1, { 'x-user-id': utf8('ë'.repeat(257)) })).status).toBe(400);
  });

  it('shows an unknown version as it was sent', async () => {
    const { status, body } = await gateway.predict(1, { 'x-model-version': utf8('größer') });
    expect({ status, detail: body.detail }).toMatchObject({ status: 400, detail: expect.stringContaining('größer') });
  });

  it('is no request id, which has to be safe to echo', async () => {
    const { headers } = await gateway.predict(1, { 'x-request-id': utf8('Zoë') });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});
