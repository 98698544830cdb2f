import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { keepFilesPrivate } from '@coppice/serverkit';
import { restoreCompose } from './backup/compose.ts';
import { foldersOf, restoreFolders } from './backup/folders.ts';
import { runCommand } from './backup/run-command.ts';
import { Stopwatch } from './backup/stopwatch.ts';

const help = `Restore a backup of npm run backup. It replaces the present state: predictions made since the backup are lost.

  npm run restore -- FILE [--compose]

  --compose    restore into the Compose volumes, and restart the models and the gateway, one after the other;
               default: into the folders of npm start, DATA_DIR (./data), ARTIFACTS_DIR (./artifacts) and REGISTRY_URL
               (registry in ARTIFACTS_DIR); then restart it. MLFLOW_DIR is the folder of an MLflow server's state, and
               docs/deploy.md has the drill
  --help       this text
`;

keepFilesPrivate();
await runCommand('restore', help, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { compose: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return help;
  const [given, ...others] = positionals;
  if (!given || others.length > 0) throw new Error('name one file: npm run restore -- FILE');
  const file = resolve(process.env.INIT_CWD ?? process.cwd(), given);
  const watch = new Stopwatch();
  const notes = values.compose
    ? await restoreCompose(file, watch)
    : await restoreFolders(foldersOf(process.env), file, watch);
  const restart = values.compose ? [] : ['restart npm start, so that it uses the restored models and weights'];
  return [...notes, `restored ${file} (${watch.text})`, ...restart].map((line) => `restore: ${line}\n`).join('');
});
