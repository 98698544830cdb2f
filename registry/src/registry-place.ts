import { resolve } from 'node:path';

/** Where a registry is, for programs with another working folder: a relative folder starts at `base`. */
export function registryPlace(text: string, base: string): string {
  return /^(s3|file):\/\//.test(text) ? text : resolve(base, text);
}
