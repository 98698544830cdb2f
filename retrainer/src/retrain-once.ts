import { parseArgs } from 'node:util';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { ConfigError, createLogger, printable } from '@coppice/serverkit';
import { untilDecided, waits } from './job/until-decided.ts';
import { openRetrainer } from './open-retrainer.ts';
import { readRetrainerConfig } from './retrainer-config.ts';

export const HELP = `Trains the champion again on its data and the recorded rows with feedback, and makes what passes the gate the challenger.

  npm run retrain -- --why "prices changed in March"

  -w, --why TEXT   why, for those who read of it
  --wait           afterwards wait until a person approves or rejects the release, and start its rollout
  -h, --help       this text

It needs a gateway that runs, and its admin token: from ADMIN_TOKEN, from the file that ADMIN_TOKEN_FILE names, or from
DATA_DIR/admin-token. RETRAIN_DATA is the base file (default: the bundled Iris data). All settings: docs/retraining.md.
Exit status: 0 the release waits or its rollout started, 1 refused or failed, 2 invalid arguments or settings, 3 another job runs.`;

/** One job in this process, whatever servers there are: the lease is theirs, too. Returns the exit status. */
export async function retrainOnce(
  args: string[],
  env: Record<string, string | undefined>,
  cwd: string,
): Promise<number> {
  try {
    const { why = 'by hand', wait = false, help } = parse(args);
    if (help) {
      console.log(HELP);
      return 0;
    }
    const config = readRetrainerConfig(env, cwd);
    const { retrainer, registry } = await openRetrainer(config, {
      ...{ env, cwd, log: createLogger('retrainer', 'silent') },
      onLine: (line) => console.log(line),
    });
    const ending = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        ending.abort();
        void retrainer.stop();
      });
    const answer = await retrainer.ask({ kind: 'command', text: why });
    if ('why' in answer) {
      console.error(`retrain: ${answer.why}`);
      return 3;
    }
    await retrainer.idle();
    const find = () => registry.job(answer.job.id);
    let state = (await find())?.state ?? 'failed';
    if (wait)
      state = await untilDecided(state, {
        ...{ retrainer, find, lookMs: config.lookMs, signal: ending.signal },
        say: (line) => console.log(line),
        warn: (line) => console.error(`retrain: ${printable(line)}`),
      });
    return state === 'rollout started' || waits(state) ? 0 : 1;
  } catch (error) {
    const usage = error instanceof UsageError || error instanceof ConfigError;
    if (!usage && !(error instanceof StoreUnavailableError)) throw error;
    console.error(`retrain: ${printable((error as Error).message)}${usage ? ' (npm run retrain -- --help)' : ''}`);
    return usage ? 2 : 1;
  }
}

class UsageError extends Error {}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        why: { type: 'string', short: 'w' },
        wait: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n')[0], { cause: error });
  }
}
