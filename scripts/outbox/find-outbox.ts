import { type Outbox, readOutbox } from '@coppice/mlflow/outbox';
import { ConfigError } from '@coppice/serverkit';

/** `readOutbox`, but its error is a `ConfigError`. */
export function findOutbox(
  env: Record<string, string | undefined>,
  registry: string | undefined,
  cwd: string,
): Outbox | null {
  try {
    return readOutbox(env, registry, cwd);
  } catch (error) {
    throw new ConfigError((error as Error).message, { cause: error });
  }
}
