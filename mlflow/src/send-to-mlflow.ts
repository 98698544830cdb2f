import { BrokenReleaseError } from '@coppice/registry/errors';
import { openRegistry } from '@coppice/registry/open-registry';
import type { Registry } from '@coppice/registry/registry';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { MlflowAwayError, MlflowClient, MlflowRefusedError } from './mlflow-client.ts';
import type { Outbox } from './outbox.ts';
import { sendMissing } from './send-missing.ts';

/**
 * Sends the releases of a model that MLflow does not have, and passes on a line for each. Whatever keeps one from being sent is a
 * line too, and no error: the registry has it, and it is sent later. The newest `made` releases are those of the caller. A server
 * that is away costs 3 seconds.
 */
export async function sendToMlflow(
  { config, sync }: Outbox,
  place: string,
  { model, made }: { model: string; made: number },
  say: (line: string) => void,
): Promise<void> {
  const client = new MlflowClient(config);
  const registry = await openRegistry(place, model);
  const sent = new Set<number>();
  const later = `with the next training or by ${sync(model)}`;
  try {
    await client.reach();
    await sendMissing(client, registry, (one) => {
      sent.add(one.release.number);
      say(
        'version' in one
          ? `release ${one.release.number} of ${model} is version ${one.version.version} in MLflow at ${client.url}`
          : `release ${one.release.number} of ${model} is not sent: ${one.error.message}`,
      );
    });
  } catch (error) {
    const known = [MlflowAwayError, MlflowRefusedError, StoreUnavailableError, BrokenReleaseError];
    if (!known.some((kind) => error instanceof kind)) throw error;
    const waiting = await newest(registry, made);
    const what = waiting.length === 0 || waiting.some((number) => sent.has(number)) ? null : waiting;
    say(`${(error as Error).message}; ${subject(what)} sent ${later}`);
  }
}

/** Numbers of the newest releases, ascending; none when the registry is away. */
async function newest(registry: Registry, count: number): Promise<number[]> {
  const releases = await registry.releases(count).catch(() => []);
  return releases.map(({ number }) => number).reverse();
}

function subject(numbers: readonly number[] | null): string {
  if (numbers === null) return 'what it does not have is';
  return numbers.length === 1 ? `release ${numbers[0]} is` : `releases ${numbers.join(', ')} are`;
}
