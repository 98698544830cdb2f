import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { root } from '../programs/run-command.ts';

export type Import = {
  from: string;
  /** As written. */
  specifier: string;
  /** The file that it names, or null for registry packages and Node's own modules. */
  to: string | null;
};

const CODE = /\.(ts|svelte|mjs)$/;
const STATEMENTS = [
  /^\s*(?:import|export)\s[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  /\bvi\.mock\(\s*['"]([^'"]+)['"]/g,
  // a worker's or a child's program
  /\bnew URL\(\s*['"]([^'"]+\.(?:ts|mjs))['"]\s*,\s*import\.meta\.url/g,
];

/** What a file's text imports, as written. */
export function specifiersOf(text: string): string[] {
  const code = withoutComments(text);
  return [...new Set(STATEMENTS.flatMap((pattern) => [...code.matchAll(pattern)].map((m) => m[1] as string)))];
}

/** The checkout's files as Git lists them, and their imports. Paths are relative to the checkout. */
export class SourceTree {
  readonly files: readonly string[];
  readonly code: readonly string[];
  readonly imports: readonly Import[];
  readonly #known: ReadonlySet<string>;
  readonly #texts = new Map<string, string>();

  constructor() {
    const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    });
    this.files = listed.split('\n').filter((file) => file !== '' && existsSync(join(root, file)));
    this.#known = new Set(this.files);
    this.code = this.files.filter((file) => CODE.test(file));
    this.imports = this.code.flatMap((file) => this.#importsOf(file));
  }

  text(file: string): string {
    return this.#texts.getOrInsertComputed(file, () => readFileSync(join(root, file), 'utf8'));
  }

  json<T>(file: string): T {
    return JSON.parse(this.text(file)) as T;
  }

  has(file: string): boolean {
    return this.#known.has(file);
  }

  /** All files that these import, directly or indirectly, and they themselves. */
  reachable(entries: Iterable<string>): Set<string> {
    const byFile = Map.groupBy(this.imports, ({ from }) => from);
    const seen = new Set<string>();
    const waiting = [...entries];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (seen.has(file) || !this.has(file)) continue;
      seen.add(file);
      for (const { to } of byFile.get(file) ?? []) if (to !== null) waiting.push(to);
    }
    return seen;
  }

  #importsOf(from: string): Import[] {
    const text = this.text(from);
    const found = specifiersOf(text).map((specifier) => ({ from, specifier, to: this.#resolve(from, specifier) }));
    return [...found, ...this.#globbed(from, text)];
  }

  #resolve(from: string, specifier: string): string | null {
    if (/^\.|^[\w-]+\.(ts|mjs)$/.test(specifier)) return normalize(join(dirname(from), specifier));
    const [, workspace, path] = /^@coppice\/([^/]+)(\/.+)?$/.exec(specifier) ?? [];
    if (workspace === undefined) return null;
    const { exports = {} } = this.json<{ exports?: Record<string, string> }>(`${workspace}/package.json`);
    const name = `.${path ?? ''}`;
    const target = exports[name] ?? exports['./*']?.replace('*', name.slice(2));
    return normalize(join(workspace, target ?? `(no export ${name})`));
  }

  /** Vite's `import.meta.glob`. */
  #globbed(from: string, text: string): Import[] {
    return [...text.matchAll(/import\.meta\.glob(?:<[^(]*>)?\(\s*['"]([^'"]+)['"]/g)].flatMap(([, pattern = '']) => {
      const wanted = new RegExp(
        `^${normalize(join(dirname(from), pattern))
          .replaceAll('.', '\\.')
          .replaceAll('*', '[^/]*')}$`,
      );
      return this.files.filter((file) => wanted.test(file)).map((to) => ({ from, specifier: pattern, to }));
    });
  }
}

/** Without block comments and what follows `// `; a quote in a comment must not hide an import. */
export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/ [^\n]*/g, '$1');
}

export const isTest = (file: string): boolean => /\.test\.ts$/.test(file);
export const folderOf = (file: string): string => dirname(file);
/** The top-level folder of a file, or `.` for one at the root. */
export const topOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] as string) : '.');
