import { Registry } from './registry.ts';
import { FolderStore } from './stores/folder-store.ts';
import type { ObjectStore } from './stores/object-store.ts';

/** Environment of an S3 store; access keys are read by the AWS SDK itself. */
type S3Environment = { AWS_ENDPOINT_URL?: string | undefined; AWS_REGION?: string | undefined };

/** The registry of a model at a folder (`/registry`, `file:///registry`) or in a bucket (`s3://bucket/prefix`). */
export async function openRegistry(url: string, model: string, env: S3Environment = process.env): Promise<Registry> {
  return new Registry(await openStore(url, env), { model });
}

/** Where a registry at this address keeps its objects. */
export async function openStore(url: string, env: S3Environment = process.env): Promise<ObjectStore> {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(url) ?? [];
  if (bucket === undefined) return new FolderStore(url.replace(/^file:\/\//, ''));
  // the SDK takes 50 MB and a while to load: only who keeps releases in S3 pays for it
  const { S3Store } = await import('./stores/s3-store.ts');
  return new S3Store({
    ...{ bucket, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` },
    ...{ endpoint: env.AWS_ENDPOINT_URL, region: env.AWS_REGION },
  });
}
