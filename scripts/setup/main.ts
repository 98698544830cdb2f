import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildPage } from './build-page.ts';
import { SetupError } from './setup-error.ts';
import { trainModels } from './train-models.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { browser: { type: 'boolean' }, postgres: { type: 'boolean' } } });

try {
  trainModels(root);
  buildPage(root);
  // what only the tests need is loaded only for them
  if (values.browser) (await import('./ensure-chromium.ts')).ensureChromium(root);
  if (values.postgres) (await import('./ensure-postgres.ts')).ensurePostgres();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
