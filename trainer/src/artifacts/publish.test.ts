import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFixtureModel } from '@coppice/testkit/fixture-model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Artifact, prepareOutput, publishArtifacts } from './publish.ts';
import { isUpToDate } from './up-to-date.ts';

let root: string;
let out: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'coppice-publish-'));
  out = join(root, 'out');
  prepareOutput(out);
});
afterEach(() => rmSync(root, { recursive: true }));

function artifact(version: string, shift = 0): Artifact {
  const card = writeFixtureModel(join(root, 'fixture'), { version: version || 'x', shift });
  return { card: { ...card, version }, model: readFileSync(join(root, 'fixture', 'model.onnx')) };
}
const modelOf = (version: string) => readFileSync(join(out, version, 'model.onnx'));

describe('publishing artifacts', () => {
  it('replaces all versions and leaves nothing else behind', () => {
    publishArtifacts(out, [artifact('v1'), artifact('v2')]);
    const next = [artifact('v1', 1), artifact('v2', 1)];
    publishArtifacts(out, next);
    expect(readdirSync(out)).toEqual(['v1', 'v2']);
    expect(modelOf('v1')).toEqual(next[0]?.model);
    for (const { card } of next) expect(isUpToDate(join(out, card.version), card)).toBe(true);
  });

  it('puts earlier versions back when a later rename fails', () => {
    const before = artifact('v1');
    publishArtifacts(out, [before]);
    // a version named "." would be the output folder itself, which cannot be moved into a folder of its own
    expect(() => publishArtifacts(out, [artifact('v1', 1), artifact('.', 1)])).toThrow();
    expect(readdirSync(out)).toEqual(['v1']);
    expect(modelOf('v1')).toEqual(before.model);
  });

  it('writes nothing for a card that its own schema refuses', () => {
    const { card, model } = artifact('v1');
    expect(() => publishArtifacts(out, [{ card: { ...card, classes: [] }, model }])).toThrow();
    expect(readdirSync(out)).toEqual([]);
  });

  it('puts back what a killed trainer had set aside', () => {
    publishArtifacts(out, [artifact('v1')]);
    const model = modelOf('v1');
    // a process id above the system's limit belongs to nobody
    const staging = join(out, `.training-${hostname()}-99999999`);
    mkdirSync(join(staging, 'old'), { recursive: true });
    cpSync(join(out, 'v1'), join(staging, 'old', 'v1'), { recursive: true });
    rmSync(join(out, 'v1'), { recursive: true });
    prepareOutput(out);
    expect(readdirSync(out)).toEqual(['v1']);
    expect(modelOf('v1')).toEqual(model);
  });

  it('leaves the staging of a trainer that is at work', () => {
    const staging = `.training-${hostname()}-${process.ppid}`;
    mkdirSync(join(out, staging));
    prepareOutput(out);
    expect(readdirSync(out)).toEqual([staging]);
  });

  it('says in one line that a folder cannot be made', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => prepareOutput(join(root, 'file'))).toThrow(/^.*file: cannot be written to \(EEXIST\)$/);
  });
});

describe('an artifact is up to date', () => {
  it('unless its source, its model or its card changed', () => {
    const { card } = artifact('v1');
    publishArtifacts(out, [artifact('v1')]);
    const dir = join(out, 'v1');
    expect(isUpToDate(dir, card)).toBe(true);
    for (const other of [
      { ...card, name: 'other' },
      { ...card, parameters: { ...card.parameters, seed: 2 } },
      { ...card, libraries: { 'ml-cart': '0.0.1' } },
      { ...card, data: { ...card.data, sha256: 'f'.repeat(64) } },
      { ...card, data: { ...card.data, target: 'other' } },
    ])
      expect(isUpToDate(dir, other)).toBe(false);
    // another Node.js gives the same bytes
    expect(isUpToDate(dir, { ...card, libraries: { node: '0.0.1' } })).toBe(true);
    writeFileSync(join(dir, 'model.onnx'), 'tampered');
    expect(isUpToDate(dir, card)).toBe(false);
    writeFileSync(join(dir, 'model-card.json'), '{');
    expect(isUpToDate(dir, card)).toBe(false);
    expect(existsSync(join(out, 'v2')) || isUpToDate(join(out, 'v2'), card)).toBe(false);
  });
});
