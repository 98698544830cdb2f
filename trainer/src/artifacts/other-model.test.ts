import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { otherModel } from './other-model.ts';

describe('another model in the artifacts folder', () => {
  let out: string;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'coppice-other-'));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  const card = (folder: string, text: string) => {
    mkdirSync(join(out, folder));
    writeFileSync(join(out, folder, 'model-card.json'), text);
  };

  it('is found beside ours', () => {
    card('v1', '{"name":"iris"}');
    card('v2', '{"name":"mine"}');
    expect(otherModel(out, 'iris')).toMatchObject({ name: 'mine' });
  });

  it('is one of the same name, too, that was made elsewhere', () => {
    card('v1', '{"name":"iris","algorithm":"random-forest"}');
    expect(otherModel(out, 'iris')).toBeUndefined();
    card('v2', '{"name":"iris","algorithm":"LGBMClassifier"}');
    expect(otherModel(out, 'iris')).toEqual({ name: 'iris', algorithm: 'LGBMClassifier' });
  });

  it('is not there when all versions are ours, cards are broken or nothing was trained', () => {
    expect(otherModel(join(out, 'nowhere'), 'iris')).toBeUndefined();
    card('v1', '{"name":"iris"}');
    card('v2', '{"name":');
    card('v3', 'null');
    expect(otherModel(out, 'iris')).toBeUndefined();
  });
});
