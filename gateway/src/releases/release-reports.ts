import type { ReportFile } from '@coppice/contract';
import { UnknownReleaseError } from '@coppice/registry/errors';
import type { Registry } from '@coppice/registry/registry';

/** A file of a release's report; null when the release, its report or that file is not there. Rejects while the registry is away. */
export async function reportFile(
  registry: Pick<Registry, 'release' | 'file'> | null,
  number: number,
  name: ReportFile,
): Promise<Uint8Array | null> {
  if (!registry) return null;
  try {
    return await registry.file(await registry.release(number), `report/${name}`);
  } catch (error) {
    if (error instanceof UnknownReleaseError) return null;
    throw error;
  }
}
