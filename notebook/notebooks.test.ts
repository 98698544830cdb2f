import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Cell = { id: string; cell_type: string; source: string[]; outputs?: unknown[]; execution_count?: number | null };

const names = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ipynb'));
const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

it('there are three notebooks', () => {
  expect(names.map((name) => name[0])).toEqual(['1', '2', '3']);
});

describe.each(names)('%s as it is kept', (name) => {
  const { cells, metadata } = JSON.parse(read(name)) as { cells: Cell[]; metadata: object };
  const code = cells.filter(({ cell_type }) => cell_type === 'code');

  it('has no output and no execution count: jupyter nbconvert --clear-output --inplace takes them out', () => {
    const ran = code.filter(({ outputs, execution_count }) => outputs?.length !== 0 || execution_count !== null);
    expect(ran.map(({ id }) => id)).toEqual([]);
  });

  it('names no place of one machine', () => {
    const text = cells.flatMap(({ source }) => source).join('');
    expect(text).not.toMatch(/['"\s](\/(home|root|Users|tmp|var|work|opt|notebooks)\/|[A-Z]:\\)/);
    expect(Object.keys(metadata).sort()).toEqual(['kernelspec', 'language_info']);
  });

  it('opens with what it is for', () => {
    expect(cells[0]).toMatchObject({ cell_type: 'markdown' });
    expect(cells[0]?.source[0]).toMatch(/^# [A-Z]/);
  });
});
