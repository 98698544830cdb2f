import { readFileSync } from 'node:fs';

/** The packages of a requirements file, each with its version. */
export function readRequirements(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
