import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dashboardFile, dashboards, dashboardText } from './dashboards.ts';

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
if (values.help) {
  process.stdout.write('npm run dashboards: generates the Grafana dashboards from the code in prometheus/grafana.\n');
} else {
  for (const [name, build] of Object.entries(dashboards)) {
    writeFileSync(dashboardFile(name), dashboardText(build));
    process.stdout.write(`wrote ${fileURLToPath(dashboardFile(name))}\n`);
  }
}
