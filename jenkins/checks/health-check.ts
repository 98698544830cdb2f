import type { Readiness } from '@coppice/contract';
import { printable } from '@coppice/serverkit';
import { ask, askJson, eventually, given, runCheck } from './ask.ts';

await runCheck(async () => {
  const seconds = Number(process.env.WAIT || 60);
  const { versions } = await eventually(seconds, async () => {
    const readiness = await askJson<Readiness>(`${given('GATEWAY_URL')}/ready`);
    if (readiness.status === 'ready') return readiness;
    const missing = readiness.versions.filter(({ ready, ejected }) => !ready || ejected);
    throw new Error(
      `the gateway is ${readiness.status}: ${missing.map(({ version, reason }) => `${version} (${reason})`).join(', ')}`,
    );
  });
  console.log(
    printable(`gateway ready with ${versions.map(({ version, weight }) => `${version} at ${weight}`).join(', ')}`),
  );
  for (const [name, url] of [
    ['page', process.env.UI_URL && `${process.env.UI_URL}/ready`],
    ['Prometheus', process.env.PROMETHEUS_URL && `${process.env.PROMETHEUS_URL}/-/ready`],
  ] as const) {
    // in a cluster there may be neither
    if (!url) continue;
    await eventually(seconds, () => ask(url));
    console.log(`${name} ready`);
  }
});
