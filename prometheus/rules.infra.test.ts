import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTool } from '@coppice/testkit/programs/find-prometheus-tool';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRules } from './rules.ts';
import { promtoolFile } from './tests/alert-test.ts';
import { alertTests } from './tests/index.ts';
import { promtoolRecordFile } from './tests/record-test.ts';
import { recordTests } from './tests/records.ts';

const here = import.meta.dirname;
const all = readRules();
let promtool: string;
let folder: string;

beforeAll(async () => {
  promtool = await findTool('promtool');
  folder = await mkdtemp(join(tmpdir(), 'coppice-rules-'));
});

afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Exit status and output. */
async function check(...args: string[]): Promise<{ ok: boolean; text: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(promtool, args, { cwd: here });
    return { ok: true, text: stdout + stderr };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { ok: false, text: stdout + stderr };
  }
}

describe('promtool', () => {
  it('accepts the configuration', async () => {
    expect(await check('check', 'config', '--lint=all', '--lint-fatal', 'prometheus.yml')).toMatchObject({ ok: true });
  });

  it('accepts all rules', async () => {
    const files = [...new Set(all.map(({ file }) => `rules/${file}`))];
    expect(await check('check', 'rules', '--lint=all', '--lint-fatal', ...files)).toMatchObject({ ok: true });
  });
});

/** The groups of these files, in the order of evaluation. */
const groupsOf = (files: readonly string[]) =>
  files.flatMap((file) => [...new Set(all.filter((rule) => rule.file === file).map(({ group }) => group))]);

describe('records of two gateways', () => {
  it.concurrent.each(Object.entries(recordTests))('%s', async (name, test) => {
    const file = join(folder, `${name.replaceAll(' ', '-')}.yml`);
    const files = test.rules.map((rules) => join(here, 'rules', rules));
    await writeFile(file, promtoolRecordFile(name, test, { files, groups: groupsOf(test.rules) }));
    const { ok, text } = await check('test', 'rules', file);
    expect(ok, text).toBe(true);
  });
});

describe.each(alertTests)('alerts of $rules.0', ({ rules, alerts }) => {
  const files = rules.map((file) => join(here, 'rules', file));
  // records come before the rules that use them
  const groups = groupsOf(rules.toReversed());

  it.concurrent.each(Object.entries(alerts))('%s fires exactly when it should', async (alert, cases) => {
    const file = join(folder, `${alert}.yml`);
    await writeFile(file, promtoolFile(alert, cases, { files, groups }));
    const { ok, text } = await check('test', 'rules', file);
    expect(ok, text).toBe(true);
  });
});
