import { createLogger, runMain } from '@coppice/serverkit';
import { retrainOnce } from './retrain-once.ts';
import { serveRetrainer } from './serve-retrainer.ts';

// npm starts scripts in the package's folder; INIT_CWD is the user's
const cwd = process.env.INIT_CWD ?? process.cwd();
const [command, ...args] = process.argv.slice(2);
if (command === 'once') process.exitCode = await retrainOnce(args, process.env, cwd);
else await runMain(createLogger('retrainer', 'info'), () => serveRetrainer(process.env, cwd));
