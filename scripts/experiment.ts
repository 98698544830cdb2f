import { comparedMetrics, comparisonReport, experimentList, experimentView } from '@coppice/contract';
import { ConfigError, printable } from '@coppice/serverkit';
import { AskedGateway, RefusedError } from './experiment/asked-gateway.ts';
import { parseExperimentArguments, UsageError } from './experiment/experiment-arguments.ts';
import { comparisonText, experimentText } from './experiment/experiment-text.ts';
import { planText } from './experiment/plan-text.ts';
import { findAdminToken } from './weights/find-admin-token.ts';

const HELP = `Says which version is better, and runs named experiments.

  npm run experiment -- status                            the running experiment, else the weights in force
  npm run experiment -- status v2-accuracy                one experiment
  npm run experiment -- list                              all of them
  npm run experiment -- plan                              how many rows a difference of 1, 2 or 5 points takes
  npm run experiment -- start v2-accuracy --reason "…"    start one: counts from now on, keeps the weights
  npm run experiment -- stop v2-accuracy --reason "…"     end it and keep its result

  -r, --reason TEXT     why, for the audit
  --baseline VERSION    default: the first version with weight
  --candidate VERSION   may be repeated; default: all other versions with weight
  --metric NAME         what it is about: ${Object.keys(comparedMetrics).join(', ')}; default: accuracy
  --margin NUMBER       differences within it are equivalent; default for accuracy: 0.02
  --effect NUMBER       the difference that it is meant to show; default: 0.02
  --revision N          refuse if another change came since revision N
  --gateway URL         default: GATEWAY_URL, else BIND_ADDRESS (127.0.0.1) and GATEWAY_PORT (5000)
  -h, --help            this text

It reads the admin token from ADMIN_TOKEN, from the file that ADMIN_TOKEN_FILE names, or from DATA_DIR/admin-token.
Exit status: 0 success, 1 the gateway refused or cannot be reached, 2 invalid arguments.`;

try {
  console.log(await run());
} catch (error) {
  const usage = error instanceof UsageError;
  if (!usage && !(error instanceof RefusedError || error instanceof ConfigError)) throw error;
  console.error(`experiment: ${printable(error.message)}${usage ? ' (npm run experiment -- --help)' : ''}`);
  process.exitCode = usage ? 2 : 1;
}

async function run(): Promise<string> {
  const command = parseExperimentArguments(process.argv.slice(2), process.env);
  if (command.do === 'help') return HELP;
  const gateway = new AskedGateway(command.gateway, findAdminToken(process.env));
  const one = async (name: string) => experimentText(await gateway.ask(`/experiments/${name}`, experimentView));
  if (command.do === 'start') return experimentText(await gateway.ask('/experiments', experimentView, command.body));
  if (command.do === 'stop')
    return experimentText(await gateway.ask(`/experiments/${command.name}/stop`, experimentView, command.body));
  if (command.do === 'status' && command.name !== undefined) return one(command.name);
  if (command.do === 'plan') return planText(await gateway.ask('/comparison', comparisonReport));
  const { experiments } = await gateway.ask('/experiments', experimentList);
  if (command.do === 'list')
    return experiments.length === 0 ? 'No experiment yet.' : experiments.map((each) => experimentText(each)).join('\n');
  const running = experiments.find(({ ended }) => ended === null);
  return running ? one(running.name) : comparisonText(await gateway.ask('/comparison', comparisonReport));
}
