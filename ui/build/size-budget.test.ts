import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sizeBudget } from './size-budget.ts';

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'budget-'));
  writeFileSync(join(root, 'index.html'), '<!doctype html><script type="module" src="/main.js"></script>');
  writeFileSync(
    join(root, 'main.js'),
    `import './main.css';\nimport('./first.js');\nimport('./later.js');\ndocument.title = '${noise(2000)}';`,
  );
  writeFileSync(join(root, 'first.js'), `document.title = '${noise(3000)}';`);
  writeFileSync(join(root, 'later.js'), `document.title = '${noise(9000)}';`);
  writeFileSync(join(root, 'main.css'), `a::after { content: '${noise(500)}'; }`);
});
afterAll(() => rmSync(root, { recursive: true }));

/** Text that gzip hardly compresses, the same at every run. */
function noise(length: number): string {
  let seed = length;
  return Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return (seed % 36).toString(36);
  }).join('');
}

const buildWithin = (script: number, style: number, firstRoute = /\/first\.js$/) =>
  build({
    root,
    logLevel: 'silent',
    configFile: false,
    build: { write: false },
    plugins: [sizeBudget({ script, style, firstRoute })],
  });

describe('the size budget of the page', () => {
  it('passes a page within it; later scripts do not count', async () => {
    await expect(buildWithin(5000, 1000)).resolves.toBeDefined();
  });

  it('fails the build of a page with too much script', async () => {
    await expect(buildWithin(1000, 1000)).rejects.toThrow(/the initial script is .* KB are allowed/);
  });

  it('counts the first route with the entry', async () => {
    await expect(buildWithin(3500, 1000)).rejects.toThrow(/the initial script is/);
  });

  it('fails the build of a page whose first route it does not find', async () => {
    await expect(buildWithin(5000, 1000, /\/nowhere\.js$/)).rejects.toThrow(/no chunk begins with the first route/);
  });

  it('fails the build of a page with too much style', async () => {
    await expect(buildWithin(5000, 100)).rejects.toThrow(/the styles are/);
  });
});
