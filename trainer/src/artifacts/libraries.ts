import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The libraries that a model's bytes depend on. */
export const modelLibraries = ['ml-random-forest', 'ml-cart', 'random-js', 'protobufjs'] as const;

/** Versions of Node.js and of the libraries that a training used, as installed. */
export function libraryVersions(): Record<string, string> {
  const names = [...modelLibraries, 'onnxruntime-node', 'csv-parse'];
  return Object.fromEntries([['node', process.versions.node], ...names.map((name) => [name, installedVersion(name)])]);
}

/** Commit of the checkout that this source is in; in an image, what its build put into `GIT_COMMIT`; else null. */
export function sourceCommit(env: Record<string, string | undefined>): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5000,
    }).trim();
  } catch {
    return env.GIT_COMMIT?.trim() || null;
  }
}

function installedVersion(name: string): string {
  const file = findPackageJSON(name, import.meta.url);
  if (!file) throw new Error(`the package ${name} is not installed`);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
