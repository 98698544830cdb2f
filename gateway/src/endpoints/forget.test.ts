import { hash } from 'node:crypto';
import { startOipServer } from '@coppice/testkit/oip-server';
import { startGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const admin = { authorization: 'Bearer test-admin-token' };
const key = 'ann & co/4711+';

describe('DELETE /predictions', () => {
  let servers: Awaited<ReturnType<typeof startOipServer>>[];
  let gateway: Awaited<ReturnType<typeof startGateway>>;
  beforeAll(async () => {
    servers = [await startOipServer(), await startOipServer({ shift: 1 })];
    gateway = await startGateway({
      models: servers.map(({ url }) => url),
      env: { MODEL_V1_WEIGHT: '1', MODEL_V2_WEIGHT: '0', SHADOW_VERSION: 'v2', API_KEYS: 'a-key-of-16-letters' },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    for (const server of servers) await server.stop();
  });

  async function forget(query: Record<string, string>, headers: Record<string, string> = admin) {
    const url = `${gateway.url}/predictions?${new URLSearchParams(query)}`;
    const response = await fetch(url, { method: 'DELETE', headers });
    // biome-ignore lint/suspicious/noExplicitAny: checked below
    return { status: response.status, body: (await response.json()) as any };
  }

  it("removes a person's rows, also those that wait to be written and those that the shadow's report shows", async () => {
    const disagreed = async () => (await gateway.get('/shadow', admin)).body.disagreements.length;
    for (let i = 0; i < 3; i++) await gateway.predict(0, admin, { user: key });
    await gateway.predict(1, admin, { user: 'bob' });
    await until(async () => expect(await disagreed()).toBe(4));
    await gateway.predict(2, { ...admin, 'X-User-Id': key, 'X-Source': 'page' });
    expect(await forget({ user: key, reason: 'asked for it' })).toEqual({ status: 200, body: { deleted: 4 } });
    const { predictions } = (await gateway.get('/predictions', admin)).body;
    expect(predictions).toMatchObject([{ class: 'class_1' }]);
    expect(await disagreed()).toBe(1);
    const { audit } = (await gateway.get('/audit', admin)).body;
    expect(audit[0]).toMatchObject({
      who: expect.stringMatching(/^admin@/),
      action: `delete 4 predictions of user ${hash('sha256', key).slice(0, 16)}`,
      reason: 'asked for it',
    });
    expect(JSON.stringify(audit) + gateway.logged()).not.toContain('4711');
  });

  it('of somebody unknown removes nothing', async () => {
    expect(await forget({ user: 'nobody' })).toEqual({ status: 200, body: { deleted: 0 } });
  });

  it.each([
    [{}, '/user of the query is missing.'],
    [{ user: '' }, '/user of the query must'],
    [{ user: 'x'.repeat(257) }, '/user of the query must'],
    [{ user: 'x', reason: ' ' }, '/reason of the query must'],
    [{ user: 'x', version: 'v1' }, '/version of the query is not a known field.'],
  ])('refuses %j', async (query, detail) => {
    const { status, body } = await forget(query);
    expect({ status, detail: body.detail }).toEqual({ status: 400, detail: expect.stringContaining(detail) });
  });

  it.each([{}, { authorization: 'Bearer a-key-of-16-letters' }, { 'X-API-Key': 'a-key-of-16-letters' }])(
    'is for the admin only: not with %j',
    async (headers) => {
      expect((await forget({ user: 'bob' }, headers as Record<string, string>)).status).toBe(401);
      expect((await gateway.get('/predictions', admin)).body.predictions).not.toHaveLength(0);
    },
  );

  it('leaves the message of a conflict of weights as it was: it names who changed them', async () => {
    await gateway.patch('/config', { preset: 'equal', reason: 'half each' });
    await forget({ user: 'bob' });
    const answer = await gateway.patch('/config', { preset: 'rollback', reason: 'back', revision: 1 });
    expect(await answer.text()).toContain('(preset equal: half each)');
  });
});
