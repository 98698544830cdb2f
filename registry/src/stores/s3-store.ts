import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { type ObjectStore, type StoredObject, StoreUnavailableError } from './object-store.ts';

type Options = {
  bucket: string;
  /** Begins every key; empty, or ends with a slash. */
  prefix: string;
  /** Of a store that is not AWS'. */
  endpoint?: string | undefined;
  region?: string | undefined;
  /** A store that sends nothing for so long is away; the SDK would wait for ever. Default: 10 s. */
  silenceMs?: number;
};

/** More tries than this of a create that the store calls a conflict mean that something else is wrong. */
const MOST_TRIES = 5;

/** An S3 bucket. Its store must know conditional writes (`If-None-Match: *`), as AWS', MinIO's and Versity's do. */
export class S3Store implements ObjectStore {
  readonly place: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor({ bucket, prefix, endpoint, region, silenceMs = 10_000 }: Options) {
    this.place = ['s3:', '', bucket, prefix].join('/');
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#client = new S3Client({
      // Compose passes on what is not set as an empty text
      region: region || 'us-east-1',
      requestHandler: { connectionTimeout: silenceMs, socketTimeout: silenceMs },
      ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    });
  }

  async create(key: string, bytes: Uint8Array): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        await this.#send(new PutObjectCommand({ ...this.#at(key), Body: bytes, IfNoneMatch: '*' }));
        return true;
      } catch (error) {
        const status = statusOf(error);
        if (status === 412) return false;
        // another write of the key was under way: it may have failed
        if (status !== 409 || tries === MOST_TRIES) throw this.#unavailable(error);
      }
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#must(() => this.#send(new PutObjectCommand({ ...this.#at(key), Body: bytes })));
  }

  async read(key: string): Promise<Uint8Array | null> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#at(key)));
      return (await Body?.transformToByteArray()) ?? null;
    } catch (error) {
      if (error instanceof NoSuchKey) return null;
      throw this.#unavailable(error);
    }
  }

  async list(prefix: string, after?: string): Promise<StoredObject[]> {
    const found: StoredObject[] = [];
    let token: string | undefined;
    do {
      const page = await this.#must(() =>
        this.#client.send(
          new ListObjectsV2Command({
            ...{ Bucket: this.#bucket, Prefix: this.#prefix + prefix, ContinuationToken: token },
            StartAfter: after === undefined || token !== undefined ? undefined : this.#prefix + after,
          }),
        ),
      );
      for (const { Key, LastModified } of page.Contents ?? [])
        if (Key) found.push({ key: Key.slice(this.#prefix.length), modified: LastModified?.getTime() ?? 0 });
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
    return found;
  }

  async remove(key: string): Promise<void> {
    await this.#must(() => this.#send(new DeleteObjectCommand(this.#at(key))));
  }

  close(): void {
    this.#client.destroy();
  }

  #at(key: string) {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  #send(command: PutObjectCommand | DeleteObjectCommand): Promise<unknown> {
    return this.#client.send(command as PutObjectCommand);
  }

  async #must<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  #unavailable(cause: unknown): StoreUnavailableError {
    const { name, message } = cause as Error;
    return new StoreUnavailableError(`${this.place}: ${message || name}`, { cause });
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}
