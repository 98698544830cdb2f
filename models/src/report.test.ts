import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportTypes } from '@coppice/contract';
import { Registry as Releases } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { readAllowedHosts } from '@coppice/serverkit';
import { config, fixtureApp, silent } from '@coppice/testkit/fixture-app';
import { releaseFiles } from '@coppice/testkit/release-files';
import { Registry } from 'prom-client';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { ModelHost } from './host/model-host.ts';
import { RegistrySource } from './source/registry-source.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coppice-served-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A server of a release that has these files too. */
async function follows(more: Record<string, string>) {
  const store = new FolderStore(join(dir, 'registry'));
  const files = new Map([
    ...releaseFiles(),
    ...Object.entries(more).map(([name, text]) => [name, Buffer.from(text)] as const),
  ]);
  await new Releases(store, { model: 'iris' }).publish({
    ...{ files, lineage: { data: null, commit: null, parent: null }, who: 'test' },
  });
  const source = new RegistrySource(new Releases(store, { model: 'iris' }), 1, null);
  const host = new ModelHost({ ...config, source, log: silent });
  await host.start();
  host.stop();
  return createApp({ config: { ...config, hosts: readAllowedHosts('') }, host, registry: new Registry(), log: silent })
    .app;
}

describe('GET /report', () => {
  it("shows the page of a folder's report, and its files, with nothing that a browser may run", async () => {
    const { app, modelDir } = await fixtureApp();
    mkdirSync(join(modelDir, 'report'));
    for (const name of Object.keys(reportTypes))
      writeFileSync(join(modelDir, 'report', name), name === 'report.html' ? 'this is report.html' : '{}');
    const page = await request(app).get('/report').expect(200);
    expect(page.text).toBe('this is report.html');
    for (const [name, type] of Object.entries(reportTypes)) {
      const answer = await request(app).get(`/report/${name}`).buffer().expect(200).expect('Content-Type', type);
      expect(answer.get('x-content-type-options')).toBe('nosniff');
      expect(answer.get('content-security-policy')).toMatch(/^default-src 'none'; .*sandbox$/);
    }
    // a report that came meanwhile is read when it is asked for
    writeFileSync(join(modelDir, 'report/report.html'), 'another');
    expect((await request(app).get('/report')).text).toBe('another');
    rmSync(modelDir, { recursive: true });
  });

  it('shows that of the release which it serves', async () => {
    const app = await follows({ 'report/report.html': '<p>first</p>', 'report/slices.csv': 'a,b\n' });
    const page = await request(app).get('/report').expect(200).expect('X-Model-Release', '1');
    expect(page.text).toBe('<p>first</p>');
    expect((await request(app).get('/report/slices.csv').expect(200)).text).toBe('a,b\n');
    await request(app).head('/report/slices.csv').expect(200).expect('Content-Length', '4');
    await request(app).get('/report/roc_curve.png').expect(404);
  });

  it('is a 404 without one, and for every other name', async () => {
    const app = await follows({ 'report/test-rows.json.gz': 'people', 'report/note.txt': 'more' });
    const { body } = await request(app)
      .get('/report')
      .expect(404)
      .expect('Content-Type', /problem\+json/);
    expect(body.detail).toBe('What is served here has no report.html: npm run evaluate writes a report of a release.');
    for (const name of ['test-rows.json.gz', 'note.txt', '..%2fmodel.onnx', 'constructor', '__proto__', '%2e%2e'])
      expect((await request(app).get(`/report/${name}`)).status).toBe(404);
    const { app: plain } = await fixtureApp();
    await request(plain).get('/report').expect(404);
  });

  it('is a 503 with the reason while the model is not ready or the registry is away', async () => {
    const { app } = await fixtureApp({ ready: false });
    await request(app).get('/report').expect(503).expect('Retry-After', '1');
    const served = await follows({ 'report/report.html': 'x' });
    rmSync(join(dir, 'registry/iris/blobs'), { recursive: true });
    const { body } = await request(served).get('/report').expect(503);
    expect(body.detail).toMatch(/^The report cannot be read: report\/report\.html of release 1 is missing in /);
  });
});
