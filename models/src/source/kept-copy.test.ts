import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releaseFiles } from '@coppice/testkit/release-files';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseArtifact } from '../model/read-artifact.ts';
import { KeptCopy } from './kept-copy.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const artifactOf = (shift: number) => {
  const files = releaseFiles({ shift });
  const [card, onnx] = ['model-card.json', 'model.onnx'].map((name) => Buffer.from(files.get(name) as Uint8Array));
  return parseArtifact('a release', card as Buffer, onnx as Buffer);
};

it('does not write over the copy that it has, which an end in between would leave in half', async () => {
  const copy = new KeptCopy(folder);
  const artifact = artifactOf(0);
  await copy.keep(1, artifact);
  const [place = ''] = readdirSync(folder).filter((name) => name.startsWith('1-'));
  const times = () =>
    readdirSync(join(folder, place)).map((name) => statSync(join(folder, place, name), { bigint: true }).mtimeNs);
  const before = times();
  await copy.keep(1, artifact);
  expect(times()).toEqual(before);
});
