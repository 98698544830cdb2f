import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inArchive } from './archive.ts';
import { mlflowDatabases } from './mlflow.ts';

/** What is done in the containers of a stack. */
export type Containers = {
  compose: (args: string[]) => Promise<string>;
  /** Whether the project has this volume of docker-compose.yml, and so something in it. */
  hasVolume: (volume: string) => Promise<boolean>;
  /** Copies a container's folder, or what of it a shell's words say, into a local folder. */
  copyOut: (service: string, from: string, to: string, what?: string) => Promise<void>;
  copyIn: (service: string, from: string, what: string, to: string) => Promise<void>;
};

const [HOME, SAVED, RESTORED] = ['/mlflow', '/mlflow/.saved', '/mlflow/.restored'];
/** SQLite's own copy of a database that is in use, file by file. */
const COPY = `
import os, sqlite3, sys
source, target = sys.argv[1:]
os.makedirs(target, exist_ok=True)
for name in ${JSON.stringify(mlflowDatabases)}:
    if os.path.exists(f"{source}/{name}"):
        a, b = sqlite3.connect(f"{source}/{name}"), sqlite3.connect(f"{target}/{name}", timeout=30)
        with b: a.backup(b)
        a.close(); b.close()
`;

/** As `archiveMlflow`, of the profile `mlflow`; where that does not run, it says whether there is state that it leaves out. */
export async function copyMlflowOut(containers: Containers, folder: string): Promise<string[]> {
  const { compose, copyOut, hasVolume } = containers;
  if (!(await runs(compose)))
    return (await hasVolume('mlflow-data'))
      ? [
          "MLflow's state is NOT in the archive, since MLflow does not run: docker compose --profile mlflow up --wait, then back up again",
        ]
      : [];
  const to = join(folder, inArchive.mlflow);
  mkdirSync(to);
  await inMlflow(compose, ['rm', '-rf', SAVED]);
  await inMlflow(compose, ['python3', '-c', COPY, HOME, SAVED]);
  await copyOut('mlflow', SAVED, to);
  await inMlflow(compose, ['rm', '-rf', SAVED]);
  await copyOut('mlflow', HOME, to, '-T /dev/null $(ls -d artifacts session-key 2>/dev/null)');
  return elsewhere(compose);
}

/** As `restoreMlflow`; ends with both services of the profile running. */
export async function copyMlflowIn(containers: Containers, folder: string): Promise<string[]> {
  const { compose } = containers;
  const from = join(folder, inArchive.mlflow);
  if (!existsSync(from)) return [];
  if (!(await runs(compose)))
    return [
      "the archive has MLflow's state, and MLflow does not run: docker compose --profile mlflow up --wait, then restore again",
    ];
  // it would send what the restored database has already
  await compose(['stop', 'mlflow-mirror']);
  const up = () => compose(['up', '--detach', '--no-build', '--no-recreate', '--wait', 'mlflow', 'mlflow-mirror']);
  try {
    await replaceState(containers, from);
  } catch (error) {
    // the cause counts, not what the start says after it
    await up().catch(() => undefined);
    throw error;
  }
  await up();
  return elsewhere(compose);
}

async function replaceState({ compose, copyIn }: Containers, from: string): Promise<void> {
  await inMlflow(compose, ['rm', '-rf', RESTORED]);
  await copyIn('mlflow', from, '.', RESTORED);
  await inMlflow(compose, ['python3', '-c', COPY, RESTORED, HOME]);
  const move = `cd ${HOME} && rm -rf .replaced && mkdir .replaced && for one in artifacts session-key; do
    if [ -e "${RESTORED}/$one" ]; then if [ -e "$one" ]; then mv "$one" .replaced/; fi; mv "${RESTORED}/$one" .; fi
  done && rm -rf .replaced ${RESTORED}`;
  await inMlflow(compose, ['sh', '-c', move]);
  await compose(['restart', 'mlflow']);
}

type Compose = Containers['compose'];

const inMlflow = (compose: Compose, command: string[]) => compose(['exec', '-T', 'mlflow', ...command]);

async function runs(compose: Compose): Promise<boolean> {
  const services = await compose(['ps', '--services', '--status', 'running']);
  return services.split('\n').includes('mlflow');
}

/** What of MLflow is in a database or bucket of its own. */
async function elsewhere(compose: Compose): Promise<string[]> {
  const environment = await inMlflow(compose, ['env']);
  const isSet = (name: string) => new RegExp(`^${name}=.`, 'm').test(environment);
  return [
    ...(isSet('MLFLOW_BACKEND_STORE_URI')
      ? ["MLflow's database is elsewhere: back it up by its own means, such as pg_dump"]
      : []),
    ...(isSet('MLFLOW_ARTIFACTS_DESTINATION')
      ? ["MLflow's files stay in their bucket: its versions of objects are their backup"]
      : []),
  ];
}
