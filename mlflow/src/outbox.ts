import { registryPlace } from '@coppice/registry/registry-place';
import { type MlflowConfig, readMlflowConfig } from './mlflow-config.ts';

type Env = Record<string, string | undefined>;

/** An MLflow server, and the command with which a person sends a model's releases there later. */
export type Outbox = { config: MlflowConfig; sync: (model: string) => string };

/**
 * Reads the settings of MLflow's clients, and `MLFLOW_COMMAND` and `MODEL_NAME` for the command. `registry` is the place that was
 * given as an option, which the command does not find by itself; relative folders start at `cwd`. Null when there is no MLflow.
 * Throws like `readMlflowConfig`.
 */
export function readOutbox(env: Env, registry: string | undefined, cwd: string): Outbox | null {
  const config = readMlflowConfig(env);
  if (!config) return null;
  const program = env.MLFLOW_COMMAND?.trim() || 'npm run mlflow --';
  const place = registry === undefined ? '' : ` --registry ${registryPlace(registry, cwd)}`;
  // of a command that means another model without it
  const option = (model: string) => (model === (env.MODEL_NAME || 'iris') ? '' : ` --model ${model}`);
  return { config, sync: (model) => `${program} sync${place}${option(model)}` };
}
