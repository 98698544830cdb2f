import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelCard } from '@coppice/contract';
import { writeFixtureModel } from '@coppice/testkit/fixture-model';
import { type Logger, pino } from 'pino';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { FolderSource } from '../source/folder-source.ts';
import { ModelHost } from './model-host.ts';

let host: ModelHost | undefined;
afterEach(() => host?.stop());

const root = mkdtempSync(join(tmpdir(), 'coppice-artifact-'));
afterAll(() => rmSync(root, { recursive: true }));
const freshDir = () => mkdtempSync(join(root, 'dir-'));
const lines = () => {
  const errors: string[] = [];
  const log = pino({ level: 'error' }, { write: (line) => errors.push(JSON.parse(line).msg) });
  return { errors, log };
};
const identity = { modelName: 'iris', modelVersion: 'v1' };
const hostOf = (modelDir: string, log: Logger, retryMs = 1000) =>
  new ModelHost({ ...identity, source: new FolderSource(modelDir, identity), log, retryMs });
const rewriteCard = (dir: string, change: (card: ModelCard) => object) => {
  const path = join(dir, 'model-card.json');
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
};

describe('ModelHost', () => {
  it('is ready with a good artifact', async () => {
    const modelDir = freshDir();
    const card = writeFixtureModel(modelDir);
    const { errors, log } = lines();
    host = hostOf(modelDir, log);
    expect(host.status).toMatchObject({ ready: false });
    await host.start();
    expect(host.status).toMatchObject({ ready: true, model: { card } });
    expect(errors).toEqual([]);
  });

  it.each<[string, (dir: string) => void, RegExp]>([
    ['no folder', (dir) => rmSync(dir, { recursive: true }), /model-card\.json does not exist/],
    ['no ONNX file', (dir) => rmSync(join(dir, 'model.onnx')), /model\.onnx does not exist/],
    [
      'a truncated ONNX file',
      (dir) => writeFileSync(join(dir, 'model.onnx'), readFileSync(join(dir, 'model.onnx')).subarray(0, 100)),
      /model\.onnx is not the file that model-card\.json describes: sha256 [0-9a-f]{64}, 100 bytes; the card says/,
    ],
    [
      'a tampered ONNX file',
      (dir) => {
        const bytes = readFileSync(join(dir, 'model.onnx'));
        bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
        writeFileSync(join(dir, 'model.onnx'), bytes);
      },
      /model\.onnx is not the file/,
    ],
    ['a cut card', (dir) => writeFileSync(join(dir, 'model-card.json'), '{"format":1'), /is not valid JSON/],
    ['an empty card', (dir) => writeFileSync(join(dir, 'model-card.json'), ''), /is not valid JSON/],
    [
      'a card without classes',
      (dir) => rewriteCard(dir, ({ classes, ...card }) => card),
      /not a model card: classes: /,
    ],
    [
      'another version',
      (dir) => rewriteCard(dir, (card) => ({ ...card, version: 'v2' })),
      /describes iris v2: this server/,
    ],
    [
      'another model',
      (dir) => rewriteCard(dir, (card) => ({ ...card, name: 'wine' })),
      /describes wine v1: this server/,
    ],
    [
      'a card that points elsewhere',
      (dir) => rewriteCard(dir, (card) => ({ ...card, artifact: { ...card.artifact, file: '../model.onnx' } })),
      /must be a file beside the card/,
    ],
    [
      'a card of other features',
      (dir) => rewriteCard(dir, (card) => ({ ...card, features: card.features.slice(1) })),
      /the ONNX input features is FP64 \[-1,2\]: must be FP64 or FP32 \[-1,1\]/,
    ],
  ])('gives the reason for %s in one line, and becomes ready once it is fixed', async (_, spoil, reason) => {
    const modelDir = freshDir();
    writeFixtureModel(modelDir);
    spoil(modelDir);
    const { errors, log } = lines();
    host = hostOf(modelDir, log, 5);
    await host.start();
    expect(host.status).toEqual({ ready: false, reason: expect.stringMatching(reason) });
    expect(errors).toEqual([expect.stringMatching(/^not ready: .*$/)]);
    writeFixtureModel(modelDir);
    await vi.waitFor(() => expect(host?.status.ready).toBe(true), { timeout: 10_000 });
  });

  it('logs a reason once, and the next one again', async () => {
    const modelDir = join(freshDir(), 'v1');
    const { errors, log } = lines();
    host = hostOf(modelDir, log, 5);
    await host.start();
    mkdirSync(modelDir);
    copyFileSync(import.meta.filename, join(modelDir, 'notes.txt'));
    writeFileSync(join(modelDir, 'model-card.json'), '{}');
    await vi.waitFor(() => expect(errors).toHaveLength(2), { timeout: 10_000 });
    expect(errors[0]).toContain('does not exist');
    expect(errors[1]).toContain('is not a model card');
  });
});
