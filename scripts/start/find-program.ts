import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** The first executable of this name in the given folders, or undefined. */
export function findProgram(name: string, folders: string[]): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, file))
    .find(mayRun);
}

function mayRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
