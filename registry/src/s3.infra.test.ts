import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copySuite } from '@coppice/testkit/copy-suite';
import { startThrowawayS3, type ThrowawayS3 } from '@coppice/testkit/programs/throwaway-s3';
import { registrySuite } from '@coppice/testkit/registry-suite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from './open-registry.ts';
import { FolderStore } from './stores/folder-store.ts';
import { StoreUnavailableError } from './stores/object-store.ts';
import { S3Store } from './stores/s3-store.ts';

let s3: ThrowawayS3;
beforeAll(async () => {
  s3 = await startThrowawayS3();
  process.env.AWS_ACCESS_KEY_ID = s3.accessKey;
  process.env.AWS_SECRET_ACCESS_KEY = s3.secretKey;
}, 900_000);
const folders = mkdtempSync(join(tmpdir(), 'coppice-copy-'));
afterAll(async () => {
  rmSync(folders, { recursive: true });
  await s3?.stop();
});

const bucket = async () => new S3Store({ bucket: s3.createBucket(), prefix: 'models/', endpoint: s3.url });
const folder = async () => new FolderStore(mkdtempSync(join(folders, 'store-')));

registrySuite('an S3 bucket', bucket);
copySuite('a folder to an S3 bucket', folder, bucket);
copySuite('an S3 bucket to a folder', bucket, folder);

describe('an S3 bucket', () => {
  it('is a registry by its address, and says when it is away', async () => {
    const registry = await openRegistry(`s3://${s3.createBucket()}/some/where`, 'iris', { AWS_ENDPOINT_URL: s3.url });
    expect(await registry.releases()).toEqual([]);
    await s3.down();
    await expect(registry.releases()).rejects.toThrow(StoreUnavailableError);
    await s3.up();
    expect(await registry.releases()).toEqual([]);
  });
});
