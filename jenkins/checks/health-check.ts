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
    ['page', `${given('UI_URL')}/ready`],
    ['Prometheus', `${given('PROMETHEUS_URL')}/-/ready`],
  ] as const) {
    await eventually(seconds, () => ask(url));
    console.log(`${name} ready`);
  }
});
