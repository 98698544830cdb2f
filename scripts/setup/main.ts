import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { InstallError } from '@coppice/testkit/programs/install-error';
import { buildPage } from './build-page.ts';
import { SetupError } from './setup-error.ts';
import { trainModels } from './train-models.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { browser: { type: 'boolean' }, postgres: { type: 'boolean' } } });

try {
  trainModels(root);
  buildPage(root);
  // what only the tests need is loaded only for them
  if (values.browser) (await import('@coppice/testkit/programs/ensure-chromium')).ensureChromium(root);
  if (values.postgres) (await import('@coppice/testkit/programs/ensure-postgres')).ensurePostgres();
} catch (error) {
  if (!(error instanceof SetupError || error instanceof InstallError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
