import { parseArgs } from 'node:util';
import { type MlflowConfig, readMlflowConfig } from '@coppice/mlflow/mlflow-config';
import { placeOfReleases } from '../registry/place-of-releases.ts';

/** The command line is not allowed: a line that says why. */
export class UsageError extends Error {}

export type MlflowCommand =
  | { do: 'help' }
  | { do: 'sync' | 'status'; registry: string; model: string; mlflow: MlflowConfig };

const commands = ['sync', 'status'] as const;

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
  return {
    do: command,
    registry: placeOfReleases(values.registry, env, cwd),
    model: values.model ?? (env.MODEL_NAME || 'iris'),
    mlflow: server(env),
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        registry: { type: 'string' },
        model: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n')[0], { cause: error });
  }
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
