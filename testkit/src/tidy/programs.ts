import { isTest, type SourceTree } from './source-tree.ts';

/** Files that hold code or configuration of code, in which a path names a program that is started. */
const STARTERS =
  /(package\.json|Dockerfile|Jenkinsfile|\.ya?ml|\.sh|\.html|\.groovy|\.ts|\.mjs|\.ci\/run|bench\/setup|vite\.config\.ts)$/;

/**
 * Files that something starts or loads by its path: an npm script, an image, a shell script, the page's HTML, a test
 * that runs a program, a tool's configuration. Those that only tests start come apart.
 */
export function findPrograms(tree: SourceTree): { started: Set<string>; byTests: Set<string> } {
  const started = new Set(tree.code.filter((file) => /(^|\/)[\w.-]+\.config\.(ts|js|mjs)$/.test(file)));
  const byTests = new Set<string>();
  const candidates = tree.code.filter((file) => !isTest(file) && !/\.d\.ts$/.test(file));
  for (const starter of tree.files) {
    if (!STARTERS.test(starter) || starter === 'package-lock.json') continue;
    const text = tree.text(starter);
    const folder = starter.includes('/') ? starter.slice(0, starter.lastIndexOf('/') + 1) : '';
    for (const file of candidates) {
      if (file === starter || !names(text, file, folder)) continue;
      (isTest(starter) || starter.startsWith('testkit/') || starter.startsWith('e2e/') ? byTests : started).add(file);
    }
  }
  return { started, byTests };
}

/** A path from the checkout's root (also below an image's `/app`), or one that the file's own folder completes. */
function names(text: string, file: string, folder: string): boolean {
  const quoted = (path: string) => new RegExp(`(^|[\\s'"\`=(/])${path.replaceAll('.', '\\.')}(?=$|[\\s'"\`),:;])`, 'm');
  if (text.includes(file) && quoted(file).test(text)) return true;
  if (folder === '' || !file.startsWith(folder)) return false;
  const below = file.slice(folder.length);
  return text.includes(below) && new RegExp(`['"\`/ ]${below.replaceAll('.', '\\.')}['"\`]`).test(text);
}
