import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { keepFilesPrivate } from '@coppice/serverkit';
import { backUpCompose } from './backup/compose.ts';
import { backUpFolders, foldersOf } from './backup/folders.ts';
import { runCommand } from './backup/run-command.ts';

const help = `Back up the record (predictions, feedback, control state, audit), the admin token, the models and their releases,
while all keeps running.

  npm run backup [-- --to FILE] [--compose]

  --to FILE    archive to write (backups/coppice-<time>.tar.gz); it holds the admin token, so only its owner can read it
  --compose    back up the Compose volumes, chosen by docker-compose.yml's settings and COMPOSE_PROJECT_NAME;
               default: the folders of npm start, DATA_DIR (./data), ARTIFACTS_DIR (./artifacts) and REGISTRY_URL,
               if that is a folder (registry in ARTIFACTS_DIR), and MLFLOW_DIR, the folder with an MLflow server's
               mlflow.db and artifacts, if it is set
  --help       this text

npm run restore restores a backup. Back up a record in PostgreSQL with pg_dump instead; releases in S3 stay there, where the
bucket's own versions of objects are their backup. The same holds for MLflow's database and files.
`;

keepFilesPrivate();
await runCommand('backup', help, async () => {
  const { values } = parseArgs({
    options: { to: { type: 'string' }, compose: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return help;
  const userFolder = process.env.INIT_CWD ?? process.cwd();
  const time = new Date().toISOString().replace(/[-:]|\..*/g, '');
  const file = resolve(userFolder, values.to ?? `backups/coppice-${time}.tar.gz`);
  const { rows, notes } = values.compose
    ? await backUpCompose(file)
    : await backUpFolders(foldersOf(process.env), file);
  return [...notes, `saved ${rows} predictions and the models in ${file}`].map((line) => `backup: ${line}\n`).join('');
});
