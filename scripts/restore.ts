import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { restoreCompose } from './backup/compose.ts';
import { foldersOf, restoreFolders } from './backup/folders.ts';
import { runCommand } from './backup/run-command.ts';

const help = `Bring back what npm run backup wrote. What is there now is replaced; predictions made since then are gone.

  npm run restore -- FILE [--compose]

  --compose    into the Compose volumes; the models and the gateway are restarted, one after the other
               else into what npm start uses: DATA_DIR (./data) and ARTIFACTS_DIR (./artifacts); start it anew then
  --help       this text
`;

await runCommand('restore', help, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { compose: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return help;
  const [given, ...others] = positionals;
  if (!given || others.length > 0) throw new Error('one file is needed: npm run restore -- FILE');
  const file = resolve(process.env.INIT_CWD ?? process.cwd(), given);
  if (values.compose) await restoreCompose(file);
  else await restoreFolders(foldersOf(process.env), file);
  return `restore: the state of ${file} is back\n${values.compose ? '' : 'restore: restart npm start, so that it takes models and weights from it\n'}`;
});
