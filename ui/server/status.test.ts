import { createServer } from 'node:http';
import { freePort } from '@coppice/testkit/programs/free-port';
import { expect, it, onTestFinished } from 'vitest';
import { partsProbe } from './status.ts';

it('knows a Prometheus that is down from one that is absent', async () => {
  let answers = true;
  const prometheus = createServer((_req, res) => void res.writeHead(answers ? 200 : 503).end());
  const port = await freePort();
  await new Promise<void>((listens) => prometheus.listen(port, '127.0.0.1', listens));
  onTestFinished(() => void prometheus.close());
  const nowhere = 'http://127.0.0.1:1';
  const addresses = { gatewayUrl: nowhere, prometheusPublicUrl: null, prometheusPort: 9090 };
  const probe = partsProbe({ ...addresses, prometheusUrl: `http://127.0.0.1:${port}` });
  expect(await probe()).toMatchObject({ prometheus: true, prometheus_seen: true });
  answers = false;
  await expect.poll(probe, { timeout: 5000 }).toMatchObject({ prometheus: false, prometheus_seen: true });
  expect(await partsProbe({ ...addresses, prometheusUrl: nowhere })()).toMatchObject({ prometheus_seen: false });
});
