import { fixtureApp } from '@coppice/testkit/fixture-app';
import request from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';

let fixture: Awaited<ReturnType<typeof fixtureApp>>;
beforeAll(async () => {
  fixture = await fixtureApp();
});
afterAll(() => fixture.host.stop());

const predict = (headers: Record<string, string>) =>
  request(fixture.app)
    .post('/predict')
    .set('Host', 'localhost:8080')
    .set(headers)
    .send({ features: [1, 0, 0] });

it('answers to its own names only', async () => {
  expect((await predict({})).status).toBe(200);
  expect((await predict({ Host: 'model-v1:8080' })).status).toBe(200);
  expect((await predict({ Host: 'evil.example:8080' })).status).toBe(421);
  const { body } = await request(fixture.app).get('/v2/models/iris').set('Host', 'evil.example').expect(421);
  expect(body.error).toContain('ALLOWED_HOSTS');
});

it('answers no page of another origin', async () => {
  expect((await predict({ Origin: 'https://evil.example' })).status).toBe(403);
  expect((await predict({ 'Sec-Fetch-Site': 'same-site' })).status).toBe(403);
});
