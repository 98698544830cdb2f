import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Bytes after gzip, of what the browser loads before the first route shows, and of all styles together. */
type Budget = {
  script: number;
  style: number;
  /** The module of the first route, which a visit without a path opens. */
  firstRoute: RegExp;
};

/** Fails the build when the page exceeds its budget, and prints its size. */
export function sizeBudget(budget: Budget): Plugin {
  return {
    name: 'coppice:size-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const first = chunks.find(({ facadeModuleId }) => budget.firstRoute.test(facadeModuleId ?? ''));
      if (!first) return this.error(`no chunk begins with the first route, ${budget.firstRoute}`);
      const script = sum(initialChunks(bundle, [...chunks.filter(({ isEntry }) => isEntry), first]));
      const style = sum(
        Object.values(bundle).flatMap((file) =>
          file.type === 'asset' && file.fileName.endsWith('.css') ? [file.source] : [],
        ),
      );
      this.info(`initial script ${kb(script)} of ${kb(budget.script)}, styles ${kb(style)} of ${kb(budget.style)}`);
      if (script > budget.script)
        this.error(`the initial script is ${kb(script)}: at most ${kb(budget.script)} are allowed`);
      if (style > budget.style) this.error(`the styles are ${kb(style)}: at most ${kb(budget.style)} are allowed`);
    },
  };
}

type Bundle = Parameters<Extract<Plugin['generateBundle'], (...args: never[]) => unknown>>[1];

/** The code of these chunks and of their static imports. */
function initialChunks(bundle: Bundle, roots: { fileName: string }[]): string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    const file = bundle[name];
    if (file?.type !== 'chunk' || found.has(name)) return;
    found.add(name);
    file.imports.forEach(visit);
  };
  for (const { fileName } of roots) visit(fileName);
  return [...found].map((name) => (bundle[name] as { code: string }).code);
}

function sum(sources: (string | Uint8Array)[]): number {
  return sources.reduce((total, source) => total + gzipSync(source).length, 0);
}

const kb = (bytes: number) => `${(bytes / 1000).toFixed(1)} KB`;
