import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Containers, copyMlflowIn, copyMlflowOut } from './compose-mlflow.ts';

/** A stack where MLflow runs or not, and whose copies into it fail or not; `asked` has what Compose was asked for. */
function stack({ runs, volume = true, full = false }: { runs: boolean; volume?: boolean; full?: boolean }) {
  const asked: string[] = [];
  const containers: Containers = {
    compose: async (args) => {
      asked.push(args.join(' '));
      return args[0] === 'ps' && runs ? 'gateway\nmlflow\n' : '';
    },
    hasVolume: async () => volume,
    copyOut: async () => {},
    copyIn: async () => {
      if (full) throw new Error('no space left on device');
    },
  };
  return { asked, containers };
}

function unpackedArchive(): string {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-mlflow-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'mlflow'));
  return folder;
}

it('a backup says that it lacks the state of an MLflow that does not run', async () => {
  expect(await copyMlflowOut(stack({ runs: false }).containers, '')).toEqual([
    expect.stringContaining("MLflow's state is NOT in the archive"),
  ]);
  expect(await copyMlflowOut(stack({ runs: false, volume: false }).containers, '')).toEqual([]);
});

it('a restore that fails leaves the mirror running, and says why it fails', async () => {
  const { asked, containers } = stack({ runs: true, full: true });
  await expect(copyMlflowIn(containers, unpackedArchive())).rejects.toThrow('no space left on device');
  expect(asked).toContain('stop mlflow-mirror');
  expect(asked.at(-1)).toMatch(/^up .* mlflow mlflow-mirror$/);
});
