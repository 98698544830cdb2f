import {
  BrokenReleaseError,
  ChangeRefusedError,
  RegistryConflictError,
  UnknownReleaseError,
} from '@coppice/registry/errors';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { type Place, takeIntoRegistry } from './publish-releases.ts';
import { unpublishedFolders } from './unpublished-folders.ts';

const known = [
  StoreUnavailableError,
  BrokenReleaseError,
  ChangeRefusedError,
  RegistryConflictError,
  UnknownReleaseError,
];

/**
 * Makes what an earlier training left the first releases, and says which folders nothing serves. A registry that is away is
 * no error: nothing was trained, and servers may have a copy of what they served.
 */
export async function settleRegistry(place: Place, out: string, name: string): Promise<string[]> {
  try {
    return [...(await takeIntoRegistry(place, out, name)), ...(await unpublishedFolders(place, out, name))];
  } catch (error) {
    if (!known.some((kind) => error instanceof kind)) throw error;
    const { message } = error as Error;
    return [
      error instanceof StoreUnavailableError
        ? `the registry cannot be read, and nothing is published: ${message}`
        : `${out} is not taken into the registry: ${message}`,
    ];
  }
}
