import { join } from 'node:path';

type Target = { job: string; address: string; labels?: Record<string, string> };

/** Scrape configuration for a stack without containers: the jobs and rules of `prometheus/`, addresses of this machine. JSON is YAML. */
export function prometheusConfig(root: string, targets: Target[]): string {
  const jobs = [...new Set(targets.map(({ job }) => job))];
  const config = {
    global: { scrape_interval: '10s', evaluation_interval: '10s' },
    rule_files: [join(root, 'prometheus/rules/*.yml')],
    scrape_configs: jobs.map((job) => ({
      job_name: job,
      static_configs: targets
        .filter((target) => target.job === job)
        .map(({ address, labels }) => ({ targets: [address], ...(labels ? { labels } : {}) })),
    })),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
