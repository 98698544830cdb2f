import { parseArgs } from 'node:util';
import { type MlflowConfig, readMlflowConfig } from '@coppice/mlflow/mlflow-config';
import { placeOfReleases } from '../registry/place-of-releases.ts';

/** The command line is not allowed: a line that says why. */
export class UsageError extends Error {}

export type MlflowCommand =
  | { do: 'help' }
  | ({ registry: string; model: string; mlflow: MlflowConfig } & (
      | { do: 'sync' | 'status' }
      | { do: 'mirror'; everyMs: number }
    ));

const commands = ['sync', 'status', 'mirror'] as const;

/** Reads the command line of `npm run mlflow`. Throws `UsageError`. */
export function parseMlflowArguments(
  args: string[],
  env: Record<string, string | undefined>,
  cwd: string,
): MlflowCommand {
  const { values, positionals } = parsed(args);
  if (values.help) return { do: 'help' };
  const [word, ...more] = positionals;
  const command = commands.find((name) => name === word);
  if (!command || more.length > 0)
    throw new UsageError(`${positionals.join(' ') || 'no command'}: must be one of ${commands.join(', ')}`);
  if (values.every !== undefined && command !== 'mirror') throw new UsageError(`--every does not belong to ${command}`);
  const common = {
    registry: placeOfReleases(values.registry, env, cwd),
    model: values.model ?? (env.MODEL_NAME || 'iris'),
    mlflow: server(env),
  };
  return command === 'mirror'
    ? { do: command, everyMs: seconds(values.every ?? '3'), ...common }
    : { do: command, ...common };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        registry: { type: 'string' },
        model: { type: 'string' },
        every: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n')[0], { cause: error });
  }
}

function seconds(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new UsageError(`--every ${text} is not allowed: must be whole seconds, 1 to 9999`);
  return Number(text) * 1000;
}

function server(env: Record<string, string | undefined>): MlflowConfig {
  let config: MlflowConfig | null;
  try {
    config = readMlflowConfig(env);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
  if (config) return config;
  throw new UsageError(
    'MLFLOW_TRACKING_URI is missing: it says where the MLflow server is, as in http://127.0.0.1:5601',
  );
}
