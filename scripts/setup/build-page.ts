import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npmCommand } from './npm-command.ts';
import { runStep } from './run-step.ts';

const sources = [
  'ui/src/**/*',
  'ui/public/**/*',
  'ui/build/**/*',
  'ui/index.html',
  'ui/package.json',
  'ui/*.config.*',
  'contract/src/**/*',
  'statistics/src/**/*',
  'package-lock.json',
];

/** Builds the page into `ui/dist`, unless it was already built from these sources. */
export function buildPage(root: string): void {
  const stamp = join(root, 'node_modules/.cache/coppice/page.sha256');
  const wanted = hashOf(root, sources);
  if (existsSync(join(root, 'ui/dist/index.html')) && read(stamp) === wanted) return;
  console.error('setup: building the page …');
  const options = ['--silent', '--workspace', 'ui', '--', '--logLevel', 'error'];
  const { command, args } = npmCommand(['run', 'build', ...options]);
  // whoever runs the set-up in a test has another NODE_ENV, and would get Svelte's larger code for development
  runStep('building the page', command, args, root, { NODE_ENV: 'production' });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** SHA-256 over the paths and contents of all files that match the patterns, without tests. */
export function hashOf(root: string, patterns: string[]): string {
  const hash = createHash('sha256');
  const files = globSync(patterns, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
