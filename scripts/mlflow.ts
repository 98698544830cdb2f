import { Mirror } from '@coppice/mlflow/mirror';
import { MlflowAwayError, MlflowClient, MlflowRefusedError } from '@coppice/mlflow/mlflow-client';
import { runMirror } from '@coppice/mlflow/run-mirror';
import { findSent, sendMissing } from '@coppice/mlflow/send-missing';
import { BrokenReleaseError } from '@coppice/registry/errors';
import { openRegistry } from '@coppice/registry/open-registry';
import type { Registry } from '@coppice/registry/registry';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { printable } from '@coppice/serverkit/printable';
import { parseMlflowArguments, UsageError } from './mlflow/mlflow-arguments.ts';

const HELP = `Releases of a model in MLflow: each is a run and a registered version, sent from the registry.

  npm run mlflow -- sync       sends the releases that MLflow does not have, the oldest first
  npm run mlflow -- status     which release is which version, and which is not sent
  npm run mlflow -- mirror     sends releases and aliases as they come, and keeps what is moved in MLflow as an offer; until it is stopped

  --registry PLACE   a folder, or s3://bucket/prefix      (default: REGISTRY_URL, else registry in ARTIFACTS_DIR or artifacts)
  --model NAME       the model's name                     (default: MODEL_NAME, else iris)
  --every SECONDS    mirror: time between two looks                 (3)
  -h, --help         this text

MLFLOW_TRACKING_URI is the server, MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD are its login.
Exit status: 0 success, 1 MLflow or the registry is away or refuses, or a release could not be sent, 2 invalid arguments.`;

const expected = [MlflowAwayError, MlflowRefusedError, StoreUnavailableError, BrokenReleaseError];

try {
  await run();
} catch (error) {
  const usage = error instanceof UsageError;
  if (!usage && !expected.some((kind) => error instanceof kind)) throw error;
  console.error(`mlflow: ${printable((error as Error).message)}${usage ? ' (npm run mlflow -- --help)' : ''}`);
  process.exitCode = usage ? 2 : 1;
}

async function run(): Promise<void> {
  // npm starts scripts in the package's folder; INIT_CWD is the user's
  const command = parseMlflowArguments(process.argv.slice(2), process.env, process.env.INIT_CWD ?? process.cwd());
  if (command.do === 'help') return console.log(HELP);
  const client = new MlflowClient(command.mlflow);
  const registry = await openRegistry(command.registry, command.model);
  if (command.do === 'status') return status(client, registry);
  if (command.do === 'mirror') return mirror(client, registry, command.everyMs);
  return sync(client, registry);
}

async function sync(client: MlflowClient, registry: Registry): Promise<void> {
  let all = 0;
  await sendMissing(client, registry, (sent) => {
    all++;
    const what = `release ${sent.release.number} of ${registry.model}`;
    const left = sent.left === 0 ? '' : `, ${sent.left} left`;
    if ('version' in sent) return console.log(`${what} is version ${sent.version.version}${left}`);
    console.error(`mlflow: ${what} is not sent: ${printable(sent.error.message)}${left}`);
    process.exitCode = 1;
  });
  if (all === 0) console.log(`MLflow at ${client.url} has all releases of ${registry.model} in ${registry.place}`);
}

async function mirror(client: MlflowClient, registry: Registry, everyMs: number): Promise<void> {
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ending.abort());
  const say = (line: string) => console.log(printable(line));
  say(`mirrors ${registry.model} in ${registry.place} to MLflow at ${client.url}`);
  await runMirror({ mirror: new Mirror(client, registry), everyMs, signal: ending.signal, say });
}

async function status(client: MlflowClient, registry: Registry): Promise<void> {
  const sent = await findSent(client, registry);
  if (sent.length === 0) return console.log(`${registry.place} has no release of ${registry.model}`);
  for (const { release, version } of sent)
    console.log(
      version
        ? `release ${release.number}: version ${version.version}, run ${version.runId}`
        : `release ${release.number}: not sent`,
    );
}
