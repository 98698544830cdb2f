import { readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type ModelCard, parseModelCard, releasesView } from '@coppice/contract';
import {
  BrokenReleaseError,
  ChangeRefusedError,
  RegistryConflictError,
  UnknownReleaseError,
} from '@coppice/registry/errors';
import { openRegistry } from '@coppice/registry/open-registry';
import type { Registry } from '@coppice/registry/registry';
import { CARD_FILE, type Release } from '@coppice/registry/release';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { ConfigError, printable } from '@coppice/serverkit';
import { DataError } from '@coppice/trainer/table/data-error';
import { AskedGateway, RefusedError } from './experiment/asked-gateway.ts';
import { sendMade } from './outbox/send-made.ts';
import { copyText } from './registry/copy-text.ts';
import { ImportRefusedError } from './registry/import/import-refused.ts';
import { holds, judgeRelease } from './registry/judge-release.ts';
import { parseRegistryArguments, type RegistryCommand, UsageError } from './registry/registry-arguments.ts';
import { auditText, compareText, gateText, listText, releaseText } from './registry/registry-text.ts';
import { servedText } from './registry/served-text.ts';
import { findAdminToken } from './weights/find-admin-token.ts';

const HELP = `Releases of a model: numbered, never changed, with the aliases champion and challenger.

  npm run registry -- list                              all releases, the newest first
  npm run registry -- show 7                            what one is made of and from
  npm run registry -- compare 4 7                       figures, parameters and data side by side
  npm run registry -- gate 7 --gate gate.txt            each line of a gate, whether it holds, and by how much it fails
  npm run registry -- publish artifacts/v1              the model and card of a folder become the next release
  npm run registry -- import --model m.onnx --data sample.csv --target y
                                                        an ONNX classifier from elsewhere becomes the next release
  npm run registry -- alias challenger 7                from now on; none takes the alias away
  npm run registry -- decline challenger                turns down what MLflow offers; alias and promote accept it
  npm run registry -- approve 7 --reason "…"            or reject
  npm run registry -- promote 7 --reason "…"            the challenger becomes champion and gets all of the traffic
  npm run registry -- rollback                          the champion of before is back, with the weights of before
  npm run registry -- tag 7 team=fraud                  team= takes the tag away
  npm run registry -- prune                             removes old releases; those with an alias stay
  npm run registry -- copy --to s3://bucket/models      all releases under their numbers, with aliases, approvals, tags and audit
  npm run registry -- audit                             who changed what, the newest first

  --registry PLACE   a folder, or s3://bucket/prefix      (default: REGISTRY_URL, else registry in ARTIFACTS_DIR or artifacts)
  --model NAME       the model's name                     (default: MODEL_NAME, else iris)
  -r, --reason TEXT  why, for the audit
  --name NAME        import: the model's name, as --model is its file
  --only, --drop A,B import: columns of the sample that the model takes, or does not
  --classes A,B      import: the order of its probabilities, if the model does not name its classes
  --test-rows N      import: at most so many rows of the sample stay with the release, for npm run evaluate (10000)
  --expected N|none  alias: refuse if it is another one by now
  --gate FILE        gate: the file                       (default: GATE_FILE)
  --keep N           prune: the newest so many stay       (10)
  --days N           prune: younger ones stay             (90)
  --to PLACE         copy: an empty place, or an earlier copy; all models, or that of --model
  --approve          promote: approve it too
  --revision N       promote, rollback: refuse if the registry was changed since
  --gateway URL      promote, rollback   (default: GATEWAY_URL, else BIND_ADDRESS (127.0.0.1) and GATEWAY_PORT (5000))
  -h, --help         this text

With MLFLOW_TRACKING_URI, publish and import send the release to MLflow, too; while it is away npm run mlflow -- sync does later.
promote and rollback ask the gateway. They read the admin token from ADMIN_TOKEN, from the file that ADMIN_TOKEN_FILE names, or
from DATA_DIR/admin-token.

For S3: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or another way that the AWS SDK knows, AWS_REGION, and AWS_ENDPOINT_URL
for a store that is not AWS'.
Exit status: 0 success, 1 refused, not there or a gate that fails, 2 invalid arguments, 3 someone else changed the registry first,
or the gateway refused to promote or to roll back as things are.`;

const expected = [
  BrokenReleaseError,
  ChangeRefusedError,
  DataError,
  ImportRefusedError,
  UnknownReleaseError,
  StoreUnavailableError,
  RegistryConflictError,
  RefusedError,
  ConfigError,
];

try {
  await run();
} catch (error) {
  const usage = error instanceof UsageError || error instanceof ConfigError;
  if (!usage && !expected.some((kind) => error instanceof kind)) throw error;
  console.error(`registry: ${printable((error as Error).message)}${usage ? ' (npm run registry -- --help)' : ''}`);
  const conflict = error instanceof RegistryConflictError || (error instanceof RefusedError && error.status === 409);
  process.exitCode = usage ? 2 : conflict ? 3 : 1;
}

async function run(): Promise<void> {
  // npm starts scripts in the package's folder; INIT_CWD is the user's
  const command = parseRegistryArguments(process.argv.slice(2), process.env, process.env.INIT_CWD ?? process.cwd());
  if (command.do !== 'publish' && command.do !== 'import') return console.log(await answer(command));
  const { model, text } = await makeRelease(command);
  console.log(text);
  await sendMade(command.outbox, command.registry, { model, made: 1 });
}

type Making = Extract<RegistryCommand, { do: 'publish' | 'import' }>;

async function makeRelease(command: Making): Promise<{ model: string; text: string }> {
  if (command.do === 'publish') return publish(command);
  // ONNX Runtime takes a while to load: only who imports waits for it
  const { importRelease } = await import('./registry/import/import-release.ts');
  return { model: modelOf(command), text: await importRelease(command, userInfo().username) };
}

function modelOf({ model }: { model: string | undefined }): string {
  return model ?? (process.env.MODEL_NAME || 'iris');
}

async function answer(command: Exclude<RegistryCommand, Making>): Promise<string> {
  if (command.do === 'help') return HELP;
  if (command.do === 'promote' || command.do === 'rollback') {
    const asked = { command: 'registry', timeoutMs: 30_000 };
    const gateway = new AskedGateway(command.gateway, findAdminToken(process.env), asked);
    return servedText(await gateway.ask(`/releases/${command.do}`, releasesView, command.body));
  }
  if (command.do === 'copy') return copyText(command);
  const model = modelOf(command);
  const registry = await openRegistry(command.registry, model);
  const by = { who: userInfo().username, reason: 'reason' in command ? command.reason : '' };
  const list = async () => listText(model, await registry.releases(), (await registry.current()).state);
  switch (command.do) {
    case 'list':
      return list();
    case 'audit':
      return auditText(model, await registry.audit());
    case 'show': {
      const { release, card } = await withCard(registry, command.number);
      return releaseText(release, card, (await registry.current()).state);
    }
    case 'compare': {
      const [a, b] = await Promise.all(command.numbers.map((number) => withCard(registry, number)));
      return compareText(a as Carded, b as Carded);
    }
    case 'gate': {
      const judgement = await judgeRelease(registry, command.number, command.file, command.option);
      if (!holds(judgement)) process.exitCode = 1;
      return gateText(model, command.file, judgement);
    }
    case 'alias':
      await registry.setAlias(command.alias, command.to, by, command.expected);
      return list();
    case 'decline':
      await registry.decline(command.alias, by);
      return list();
    case 'approve':
    case 'reject':
      await registry.judge(command.number, command.do === 'approve', by);
      return list();
    case 'tag':
      await registry.tag(command.number, command.name, command.value, by);
      return list();
    case 'prune': {
      const gone = await registry.prune(command, by);
      return gone.length === 0 ? 'Nothing to remove.' : `Removed ${gone.join(', ')}.\n${await list()}`;
    }
  }
}

type Carded = { release: Release; card: ModelCard };

async function withCard(registry: Registry, number: number): Promise<Carded> {
  const release = await registry.release(number);
  const { data } = parseModelCard(JSON.parse(Buffer.from(await registry.file(release, CARD_FILE)).toString('utf8')));
  if (!data) throw new BrokenReleaseError(`release ${number} has no valid ${CARD_FILE}`);
  return { release, card: data };
}

/** The model's name is that of its card. */
async function publish(command: Extract<RegistryCommand, { do: 'publish' }>): Promise<{ model: string; text: string }> {
  const files = readFolder(command.folder);
  const card = JSON.parse(Buffer.from(files.get(CARD_FILE) ?? '{}').toString('utf8'));
  const registry = await openRegistry(command.registry, command.model ?? String(card.name ?? 'iris'));
  const { state } = await registry.current();
  const lineage = {
    data: card.data?.sha256 ?? null,
    commit: card.gitCommit ?? null,
    parent: state.aliases.champion,
  };
  const { number, model } = await registry.publish({ files, lineage, who: userInfo().username });
  return { model, text: `${model} ${number} in ${registry.place}` };
}

/** The files of a folder and of the folders in it, by their names with slashes. */
function readFolder(folder: string): Map<string, Uint8Array> {
  try {
    return new Map(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => [file.slice(join(folder, 'x').length - 1), readFileSync(file)]),
    );
  } catch (cause) {
    throw new UsageError(`${folder} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}
