import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** The packages of `node_modules` that a new process loads for this file. */
function packagesOf(file: string): string[] {
  const program = `
    const { registerHooks } = await import('node:module');
    const packages = new Set();
    registerHooks({
      load(url, context, next) {
        const name = /\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url)?.[1];
        if (name) packages.add(name);
        return next(url, context);
      },
    });
    await import(${JSON.stringify(import.meta.resolve(file))});
    console.log(JSON.stringify([...packages]));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  return JSON.parse(printed) as string[];
}

// each of the two threads of every gateway would load, and keep, a copy
it('a thread of SQLite loads no package', () => {
  expect(packagesOf('./open-database.ts')).toEqual([]);
  expect(packagesOf('../sqlite/open-sqlite.ts')).toEqual([]);
});

it('a thread of PostgreSQL loads its driver, and neither the HTTP server nor the checks of requests', () => {
  const packages = packagesOf('../postgres/open-postgres.ts');
  expect(packages).toContain('pg');
  expect(packages).not.toContain('express');
  expect(packages).not.toContain('zod');
});
