import type { SourceTree } from './source-tree.ts';

/** The code that the Dockerfile copies into images, as `.dockerignore` leaves it. */
export function filesInImages(tree: SourceTree): string[] {
  const copied = [...tree.text('Dockerfile').matchAll(/^COPY (?!--from)(?:--\S+ )*(.+?) \S+$/gm)].flatMap(
    ([, paths = '']) => paths.split(' '),
  );
  const ignored = tree
    .text('.dockerignore')
    .split('\n')
    .filter((line) => /^\*\*\//.test(line))
    .map((line) => new RegExp(`${line.slice(3).replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`));
  return tree.code.filter(
    (file) =>
      copied.some((path) => file === path || file.startsWith(`${path}/`)) &&
      !ignored.some((pattern) => pattern.test(file)),
  );
}

/** What images run: the programs that the Dockerfile names, and those that are run in a container by their path. */
export function programsOfImages(tree: SourceTree): string[] {
  const inDockerfile = [...tree.text('Dockerfile').matchAll(/[\w/.-]+\.(?:ts|mjs)\b/g)].map(([path]) => path);
  const inContainers = tree.code.flatMap((file) =>
    [...tree.text(file).matchAll(/['"`]\/app\/([\w/.-]+\.(?:ts|mjs))['"`]/g)].map(([, path]) => path as string),
  );
  // the page is built in an image
  return [...inDockerfile, ...inContainers, 'ui/src/main.ts', 'ui/vite.config.ts', 'ui/svelte.config.js'];
}
