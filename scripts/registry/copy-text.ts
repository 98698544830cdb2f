import { copyRegistry } from '@coppice/registry/copy-registry';
import { openStore } from '@coppice/registry/open-registry';
import { printable } from '@coppice/serverkit';
import type { RegistryCommand } from './registry-arguments.ts';

const EVERY_MS = 2_000;

/** Copies a registry, saying on standard error how far it is; returns a line for each model. Throws what `copyRegistry` throws. */
export async function copyText({ registry, model, to }: Extract<RegistryCommand, { do: 'copy' }>): Promise<string> {
  let said = performance.now();
  const copied = await copyRegistry(await openStore(registry), await openStore(to), {
    model,
    progress(at) {
      if (performance.now() - said < EVERY_MS) return;
      said = performance.now();
      console.error(
        printable(`registry: ${at.model}: ${at.releases} of ${at.of} releases, ${megabytes(at.bytes)} written`),
      );
    },
  });
  return copied
    .map(({ releases, written, bytes, revision, ...one }) =>
      printable(
        `${one.model}: ${releases} ${releases === 1 ? 'release' : 'releases'} in ${to}, ${written} of them new (${megabytes(bytes)}); every file has its SHA-256, and the registry is at revision ${revision}`,
      ),
    )
    .join('\n');
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
