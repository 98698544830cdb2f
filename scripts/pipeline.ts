import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InstallError } from '@coppice/testkit/programs/install-error';
import { dvcEnvironment } from './dvc/dvc-environment.ts';
import { ensureDvc } from './dvc/ensure-dvc.ts';

const HELP = `DVC in the folder pipeline: from a table to a release that the gate judged. Every command of DVC works.

  npm run pipeline -- repro                       runs the stages whose data, choices or programs changed
  npm run pipeline -- add data/churn.csv          puts a table under DVC; paths start in pipeline/
  npm run pipeline -- remote add -d storage s3://bucket/prefix
  npm run pipeline -- push | pull                 what the stages read and wrote, to the bucket and back
  npm run pipeline -- metrics show | diff         figures, and how they differ from the last commit's
  npm run pipeline -- plots show                  confusion, ROC, precision and recall as a page

  -h, --help         this text

It takes the dvc on the PATH, else one of its own in node_modules/.cache, which needs Python with venv, 3 to 4 minutes, and
225 MB once. Releases go to REGISTRY_URL, else registry in ARTIFACTS_DIR or artifacts. For S3: AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY or another way that boto knows, AWS_REGION, and AWS_ENDPOINT_URL for a store that is not AWS'.
Exit status: DVC's; 1 if DVC cannot be installed. A model that fails the gate fails the stage publish.`;

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);

if (args.length === 0 || args[0] === '--help' || args[0] === '-h') console.log(HELP);
else
  try {
    process.exitCode = await run();
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    console.error(`pipeline: ${error.message}`);
    process.exitCode = 1;
  }

async function run(): Promise<number> {
  const dvc = await ensureDvc(root, process.env);
  // npm starts scripts in the package's folder; INIT_CWD is the user's
  const env = dvcEnvironment(process.env, { root, dvc, cwd: process.env.INIT_CWD ?? process.cwd() });
  const { status, error } = spawnSync(dvc, args, { cwd: join(root, 'pipeline'), env, stdio: 'inherit' });
  if (error) throw new InstallError(`${dvc} could not be started (${error.message})`);
  return status ?? 1;
}
