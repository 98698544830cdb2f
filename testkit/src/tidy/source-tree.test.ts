import { expect, it } from 'vitest';
import { findCycles } from './cycles.ts';
import { SourceTree, specifiersOf } from './source-tree.ts';

it.each([
  ["import { a } from './a.ts';", ['./a.ts']],
  ["import type { A } from '@coppice/contract';", ['@coppice/contract']],
  ["import {\n  a,\n  type B,\n} from './a.ts';", ['./a.ts']],
  ["export * from './a.ts';", ['./a.ts']],
  ["import './side-effect.ts';", ['./side-effect.ts']],
  ["import {\n  // the preset's name\n  a, // it's here\n} from './a.ts';", ['./a.ts']],
  ["const a = await imp0rt('./a.ts');", ['./a.ts']],
  ["new Worker(new URL('./worker.ts', imp0rt.meta.url))", ['./worker.ts']],
  ['<script lang="ts">\nimport A from \'./A.svelte\';', ['./A.svelte']],
  ["const text = `from './nowhere.ts'`;", []],
  ["new URL('../data/iris.csv', import.meta.url)", []],
])('finds the imports of %j', (text, specifiers) => {
  // written with a zero, so that this file itself imports none of it
  expect(specifiersOf(text.replace('imp0rt', 'import'))).toEqual(specifiers);
});

it('follows package names through exports, and the imports of what it finds', () => {
  const tree = new SourceTree();
  const reached = tree.reachable(['gateway/src/main.ts']);
  expect(reached).toContain('contract/src/presets.ts');
  expect(reached).toContain('gateway/src/storage/worker/storage-worker.ts');
  expect(reached).not.toContain('testkit/src/waiting/until.ts');
});

it('finds every cycle, and none where there is none', () => {
  const graph = (...edges: [string, string][]) => {
    const all = new Map<string, Set<string>>();
    for (const [from, to] of edges) all.set(from, (all.get(from) ?? new Set()).add(to));
    return all;
  };
  expect(findCycles(graph(['a', 'b'], ['a', 'c'], ['b', 'd'], ['c', 'd']))).toEqual([]);
  const two = graph(['x', 'a'], ['a', 'b'], ['b', 'c'], ['c', 'a'], ['c', 'm'], ['m', 'n'], ['n', 'm']);
  expect(findCycles(two)).toEqual([
    ['m', 'n'],
    ['a', 'b', 'c'],
  ]);
});
