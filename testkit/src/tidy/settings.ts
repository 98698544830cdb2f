import { isTest, type SourceTree } from './source-tree.ts';

/** `env.NAME`, `envInteger(env, 'NAME', …)` and the like, and the settings of each version. */
const READS = [/\benv\.([A-Z][A-Z0-9_]{2,})\b/g, /\(\s*env,\s*'([A-Z][A-Z0-9_]{2,})'/g, /`(MODEL_V\$\{n\}_[A-Z]+)`/g];
/** `const { NAME, OTHER } = env` */
const DESTRUCTURED = /\{([^{}]*)\}\s*=\s*(?:process\.)?env\b/g;
const SECRETS = /\b(?:envSecret|readSecret)\(env, '([A-Z_]+)'\)/g;

/** Names of the environment variables that the code of these files, or below these folders, reads. */
export function settingsRead(tree: SourceTree, ...folders: string[]): Set<string> {
  const names = new Set<string>();
  for (const file of tree.code) {
    if (isTest(file) || !folders.some((folder) => file === folder || file.startsWith(`${folder}/`))) continue;
    const text = tree.text(file);
    for (const pattern of READS)
      for (const [, name = ''] of text.matchAll(pattern)) names.add(name.replace(/\$\{n\}/, '<n>'));
    // npm's own
    names.delete('INIT_CWD');
    for (const [, list = ''] of text.matchAll(DESTRUCTURED))
      for (const [name] of list.matchAll(/\b[A-Z][A-Z0-9_]{2,}\b/g)) names.add(name);
    // a secret may also come from the file that NAME_FILE names
    for (const [, name] of text.matchAll(SECRETS)) names.add(`${name}_FILE`);
  }
  return names;
}

/** Names in the first column of the tables below a heading of docs/settings.md; all of its tables without a heading. */
export function settingsDocumented(tree: SourceTree, heading?: string): Set<string> {
  const text = tree.text('docs/settings.md');
  const [, section = ''] = heading === undefined ? [null, text] : (text.split(`\n## ${heading}\n`) as [string, string]);
  const part = heading === undefined ? section : section.split('\n## ')[0];
  return new Set([...(part ?? '').matchAll(/^\| `([A-Z][A-Z0-9_<>n]+)`/gm)].map(([, name]) => name as string));
}
