import { type ModelReport, modelReport, REPORT_FILE } from '@coppice/contract';
import { BrokenReleaseError } from '@coppice/registry/errors';
import type { Registry } from '@coppice/registry/registry';
import { CARD_FILE, type Release } from '@coppice/registry/release';
import { readModelCard } from '@coppice/serverkit';
import { cardIdentity } from '../versions/card-identity.ts';

type Source = Pick<Registry, 'release' | 'file' | 'comparison'>;

/** A release's report; null if it has none that can be read. Rejects with `StoreUnavailableError`. */
export async function readReport(registry: Source, release: Release): Promise<ModelReport | null> {
  if (!Object.hasOwn(release.files, REPORT_FILE)) return null;
  const value = await readJsonFile(registry, release, REPORT_FILE);
  return modelReport.safeParse(value).data ?? null;
}

/** What predictions of a release are recorded with: the SHA-256 of its card; null if that cannot be read. */
export async function cardDigest(registry: Source, release: Release): Promise<string | null> {
  const value = await readJsonFile(registry, release, CARD_FILE);
  const card = value === undefined ? null : (readModelCard(value).data ?? null);
  return card && cardIdentity(card);
}

/** Undefined for a file that is missing, damaged or no JSON. */
async function readJsonFile(registry: Source, release: Release, name: string): Promise<unknown> {
  try {
    return JSON.parse(Buffer.from(await registry.file(release, name)).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof BrokenReleaseError) return undefined;
    throw error;
  }
}
