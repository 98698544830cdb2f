import type { SourceTree } from './source-tree.ts';

export type Stage = {
  name: string;
  /** Code that the stage has: copied by itself, or by the stages that it builds on or takes `/app` from. */
  files: Set<string>;
  /** Programs of ours that it runs, or that are run in its containers. */
  programs: string[];
};

/** Programs that no Dockerfile names: the page is built by Vite, and the backup runs one in the gateway's container. */
const MORE_PROGRAMS: Record<string, string[]> = { page: ['ui/src/main.ts', 'ui/vite.config.ts'] };

/** The stages of the Dockerfile that hold code of ours, each with what `.dockerignore` leaves of it. */
export function stagesOfImages(tree: SourceTree): Stage[] {
  const ignored = tree
    .text('.dockerignore')
    .split('\n')
    .filter((line) => /^\*\*\//.test(line))
    .map((line) => new RegExp(`${line.slice(3).replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`));
  const kept = keptByDockerignore(tree);
  const shipped = tree.code.filter((file) => kept(file) && !ignored.some((pattern) => pattern.test(file)));
  const stages = new Map<string, Stage>();
  for (const part of tree.text('Dockerfile').split(/^(?=FROM )/m)) {
    const [, base = '', name = ''] = /^FROM (\S+) AS (\S+)/.exec(part) ?? [];
    const copied = pathsCopied(part);
    const own = shipped.filter((file) => copied.some((path) => file === path || file.startsWith(`${path}/`)));
    const programs = [...part.matchAll(/[\w/.-]+\.(?:ts|mjs)\b/g)].map(([path]) => path);
    const bases = [base, ...[...part.matchAll(/^COPY --from=(\S+) \/app \.\/$/gm)].map(([, from = '']) => from)];
    stages.set(name, {
      name,
      files: new Set([...bases.flatMap((one) => [...(stages.get(one)?.files ?? [])]), ...own]),
      programs: [...programs.filter((path) => tree.has(path)), ...(MORE_PROGRAMS[name] ?? [])],
    });
  }
  for (const [stage, path] of runInContainers(tree)) stages.get(stage)?.programs.push(path);
  return [...stages.values()].filter(({ files, programs }) => files.size > 0 && programs.length > 0);
}

/** What the Dockerfile copies and no `!` line of `.dockerignore` keeps: the build of its image fails. */
export function copiedButIgnored(tree: SourceTree): string[] {
  const kept = keptByDockerignore(tree);
  return pathsCopied(tree.text('Dockerfile')).filter((path) => !kept(path));
}

/** What the COPY lines take from the checkout, as written. */
function pathsCopied(dockerfile: string): string[] {
  return [...dockerfile.matchAll(/^COPY (?!--from)(?:--\S+ )*(.+?) \S+$/gm)].flatMap(([, paths = '']) =>
    paths.split(' '),
  );
}

function keptByDockerignore(tree: SourceTree): (path: string) => boolean {
  const kept = tree
    .text('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'));
  return (path) => kept.some((line) => path === line.slice(1) || path.startsWith(`${line.slice(1)}/`));
}

/** `/app/gateway/src/…` in a script is run in a container of that name. */
function runInContainers(tree: SourceTree): [stage: string, path: string][] {
  return tree.code.flatMap((file) =>
    [...tree.text(file).matchAll(/['"`]\/app\/((\w+)\/[\w/.-]+\.(?:ts|mjs))['"`]/g)].map(
      ([, path = '', folder = '']): [string, string] => [folder, path],
    ),
  );
}
