import { join } from 'node:path';
import { hostPort, reachable } from '@coppice/serverkit';
import type { Plan } from './plan.ts';

/** Scrape configuration without containers: the jobs and rules of `prometheus/` with local addresses. JSON is YAML. */
export function prometheusConfig(
  root: string,
  { host, gatewayPort, versions, prometheus }: Pick<Plan, 'host' | 'gatewayPort' | 'versions' | 'prometheus'>,
): string {
  const job = (name: string, targets: { port: number | undefined; labels?: Record<string, string> }[]) => ({
    job_name: name,
    static_configs: targets.map(({ port, labels }) => ({
      targets: [hostPort(reachable(host), port as number)],
      ...(labels ? { labels } : {}),
    })),
  });
  const config = {
    global: { scrape_interval: '10s', evaluation_interval: '10s' },
    rule_files: [join(root, 'prometheus/rules/*.yml')],
    scrape_configs: [
      job('gateway', [{ port: gatewayPort }]),
      job(
        'model',
        versions.map(({ version, port }) => ({ port, labels: { version } })),
      ),
      job('prometheus', [{ port: prometheus?.port }]),
    ],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
