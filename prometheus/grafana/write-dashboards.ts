import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dashboardFile, dashboardText } from './dashboard.ts';

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
if (values.help) {
  process.stdout.write('npm run dashboards: generates the Grafana dashboard from prometheus/grafana/dashboard.ts.\n');
} else {
  writeFileSync(dashboardFile, dashboardText());
  process.stdout.write(`wrote ${fileURLToPath(dashboardFile)}\n`);
}
