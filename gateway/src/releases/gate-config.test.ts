import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@coppice/serverkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readGateConfig } from './gate-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-gate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'gate.txt');
  writeFileSync(path, text);
  return path;
}

it('is off by default, and wants a person to approve', () => {
  expect(readGateConfig({})).toEqual({ on: false, approval: 'person', rules: [], registry: null });
});

it('reads the file', () => {
  const env = { GATE: 'on', GATE_APPROVAL: 'auto', GATE_FILE: file('accuracy >= 0.9\n'), REGISTRY_URL: '/r' };
  expect(readGateConfig(env)).toMatchObject({
    ...{ on: true, approval: 'auto', registry: '/r' },
    rules: [{ figure: 'accuracy', bound: 0.9, line: 'accuracy >= 0.9' }],
  });
});

it('refuses what is wrong in one line, also while the gate is off', () => {
  const refuses = (env: Record<string, string>, message: string | RegExp) => {
    expect(() => readGateConfig(env)).toThrow(ConfigError);
    expect(() => readGateConfig(env)).toThrow(message);
  };
  refuses({ GATE: 'yes' }, 'GATE=yes is not allowed: must be one of on, off');
  refuses({ GATE_APPROVAL: 'robot' }, 'GATE_APPROVAL=robot is not allowed: must be one of person, auto');
  refuses({ GATE: 'on' }, 'GATE=on is not allowed without REGISTRY_URL');
  refuses({ GATE_FILE: join(folder, 'none') }, /GATE_FILE=.*none cannot be read \(ENOENT\)/);
  refuses({ GATE_FILE: folder }, 'cannot be read (EISDIR)');
  const wrong = file('# first\naccuracy >= 90 %\n');
  refuses(
    { GATE_FILE: wrong },
    `GATE_FILE=${wrong} is not allowed: line 2: accuracy >= 90 %: 90 % is not allowed: must`,
  );
  refuses({ GATE_FILE: file('# nothing\n') }, 'it has no line with a condition');
});
