import { isTest, type SourceTree, withoutComments } from './source-tree.ts';

/** Files without code of ours in which a path names a program to start. */
const STARTERS = /(^|\/)(package\.json|Dockerfile|Jenkinsfile|run|setup|[\w.-]+\.(ya?ml|sh|html|groovy))$/;

/**
 * All files that are used: started or loaded by their path from an npm script, an image, a shell script, the page's HTML
 * or code that is used itself, and what these import. `byTests` also has what tests use.
 */
export function findUsed(tree: SourceTree): { used: Set<string>; byTests: Set<string> } {
  const configs = tree.code.filter((file) => /(^|\/)[\w.-]+\.config\.(ts|js|mjs)$/.test(file));
  const starters = tree.files.filter((file) => STARTERS.test(file));
  const used = grow(tree, [...configs, ...namedIn(tree, starters)]);
  return { used, byTests: grow(tree, [...used, ...tree.code.filter(isTest)]) };
}

/** What is reachable from these files by imports, and by paths that they and what they reach name. */
function grow(tree: SourceTree, entries: Iterable<string>): Set<string> {
  let found = tree.reachable(entries);
  for (;;) {
    const more = tree.reachable([...found, ...namedIn(tree, found)]);
    if (more.size === found.size) return found;
    found = more;
  }
}

function namedIn(tree: SourceTree, starters: Iterable<string>): string[] {
  const candidates = tree.code.filter((file) => !isTest(file) && !/\.d\.ts$/.test(file));
  return [...starters].flatMap((starter) => {
    const isCode = tree.code.includes(starter);
    const text = isCode ? withoutComments(tree.text(starter)) : tree.text(starter);
    const folder = starter.includes('/') ? starter.slice(0, starter.lastIndexOf('/') + 1) : '';
    return candidates.filter((file) => file !== starter && names(text, file, folder, isCode));
  });
}

/** A path from the checkout's root (also below an image's `/app`), or relative to the file's own folder. */
function names(text: string, file: string, folder: string, isCode: boolean): boolean {
  const quoted = (path: string, before: string) =>
    new RegExp(`(^|[${before}])${path.replaceAll('.', '\\.')}(?=$|[\\s'"\`),:;])`, 'm').test(text);
  if (text.includes(file) && quoted(file, `\\s'"\`=(/`)) return true;
  if (folder === '' || !file.startsWith(folder)) return false;
  const below = file.slice(folder.length);
  // in code "./x.ts" is an import, which counts by itself
  return text.includes(below) && quoted(below, isCode ? `'"\`` : `\\s'"\`=/`);
}
