import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export type Rule = {
  /** Name of the file in `rules/`. */
  file: string;
  group: string;
  expr: string;
  record?: string;
  alert?: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
};

type RuleFile = { groups: { name: string; rules: Omit<Rule, 'file' | 'group'>[] }[] };

/** All recording and alert rules. */
export function readRules(folder = join(import.meta.dirname, 'rules')): Rule[] {
  return readdirSync(folder).flatMap((file) =>
    (parse(readFileSync(join(folder, file), 'utf8')) as RuleFile).groups.flatMap(({ name, rules }) =>
      rules.map((rule) => ({ ...rule, file, group: name })),
    ),
  );
}

/** Names of metrics in an expression, without functions, labels, keywords, durations and strings. */
export function metricNames(expr: string): string[] {
  const bare = expr
    .replaceAll(/"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(by|on|without|group_left|ignoring)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\b(and|or|unless|bool)\b/g, ' ');
  return [...bare.matchAll(/(?<![\w.:])([a-z_][\w:]*)(?!\w*\s*\()/g)].map(([, name]) => name as string);
}
