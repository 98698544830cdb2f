import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BufferedRecord } from '@coppice/gateway/record/buffered-record';
import type { PredictionRecord } from '@coppice/gateway/record/record';
import { type RecordConfig, readRecordConfig } from '@coppice/gateway/record/record-config';
import type { Leases } from '@coppice/gateway/storage/leases';
import { openStorage, type Storage } from '@coppice/gateway/storage/open-storage';
import type { EpochCells } from '@coppice/gateway/storage/port/comparison-store';
import {
  type AuditedChange,
  type ControlState,
  type ControlStore,
  nothingRuns,
} from '@coppice/gateway/storage/port/control-store';
import type { Schema } from '@coppice/gateway/storage/port/record-store';
import type { RecordedPrediction } from '@coppice/gateway/storage/port/recorded-prediction';
import { readStorageConfig, type StorageConfig } from '@coppice/gateway/storage/port/storage-config';
import type { StoreLink } from '@coppice/gateway/storage/worker/worker-link';
import { startThrowawayPostgres } from '../programs/throwaway-postgres.ts';

export type Settings = Record<string, string>;
export type OpenedForTest = {
  /** Its `close` closes the database as well. */
  record: PredictionRecord;
  control: ControlStore;
  leases: Leases;
  /** Where record and comparison read and write. */
  storage: Storage;
  /** What is counted in cells, of all epochs by default. */
  epochs(from?: number, to?: number): Promise<EpochCells[]>;
  documents: Pick<StoreLink<'documents'>, 'call'>;
  dropped(): number;
  writable(): boolean | null;
  log: { level: string; message: string; reason?: string }[];
};

/** A kind of database for the suites that run on each: every `fresh` is empty. */
export type TestDatabase = {
  name: 'SQLite' | 'PostgreSQL';
  start(): Promise<{
    fresh(): Promise<Settings>;
    /** Stops the server and starts it again; only for a database that has one. */
    outage?: { begin(): Promise<void>; end(): Promise<void> };
    stop(): Promise<void>;
  }>;
};

export const SCHEMA: NonNullable<Schema> = {
  features: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'],
  classes: ['setosa', 'versicolor', 'virginica'],
};

const sqlite: TestDatabase = {
  name: 'SQLite',
  async start() {
    const root = mkdtempSync(join(tmpdir(), 'coppice-record-'));
    let n = 0;
    return {
      fresh: async () => ({ DATA_DIR: join(root, String(n++)) }),
      stop: async () => rmSync(root, { recursive: true, force: true }),
    };
  },
};

const postgres: TestDatabase = {
  name: 'PostgreSQL',
  async start() {
    const server = await startThrowawayPostgres();
    let n = 0;
    return {
      fresh: async () => ({ DATABASE_URL: await server.createDatabase(`test_${n++}`) }),
      outage: { begin: server.down, end: server.up },
      stop: server.stop,
    };
  },
};

export const testDatabases: readonly TestDatabase[] = [sqlite, postgres];

export async function openForTest(
  settings: Settings,
  { config = {} }: { config?: Partial<RecordConfig & StorageConfig> } = {},
): Promise<OpenedForTest> {
  let dropped = 0;
  let writable: boolean | null = null;
  const log: OpenedForTest['log'] = [];
  const say =
    (level: string) =>
    (...[fields, message]: [string] | [{ reason: string }, string]) =>
      log.push(
        typeof fields === 'string' ? { level, message: fields } : { level, message: message as string, ...fields },
      );
  const storage = await openStorage(
    { ...readStorageConfig(settings), ...config },
    {
      log: { info: say('info'), warn: say('warn') } as unknown as Parameters<typeof openStorage>[1]['log'],
      onWritable: (now) => {
        writable = now;
      },
    },
  );
  const record = new BufferedRecord(
    { ...readRecordConfig(settings), ...config },
    {
      storage,
      schema: () => SCHEMA,
      onDropped: (rows) => {
        dropped += rows;
      },
    },
  );
  const close = record.close.bind(record);
  record.close = async () => {
    await close();
    await storage.close();
  };
  return {
    record,
    control: storage.control,
    leases: storage.leases,
    storage,
    epochs: (from = 0, to = Number.MAX_SAFE_INTEGER) => storage.reader.call('comparison', 'epochs', [from, to]),
    documents: storage.writer,
    dropped: () => dropped,
    writable: () => writable,
    log,
  };
}

/** A row of v1 that answered "versicolor", with these changes. */
const IRIS_COLUMNS = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];

export function aRow(changes: Partial<RecordedPrediction> = {}): RecordedPrediction {
  return {
    id: randomUUIDv7(),
    time: Date.now(),
    version: 'v1',
    assigned: 'v1',
    release: null,
    source: 'api',
    reference: null,
    route: 'weighted',
    userHash: null,
    columns: IRIS_COLUMNS,
    features: [6.1, 2.8, 4.7, 1.2],
    label: 1,
    probability: [0, 0.9, 0.1],
    latencySeconds: 0.0012,
    error: null,
    ...{ epoch: null, bucket: 0, first: true },
    ...changes,
  };
}

/** A uuid v7 of a given time. */
export function idAt(time: number): string {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${randomUUIDv7().slice(13)}`;
}

export async function collect(lines: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of lines) text += chunk;
  return text;
}

export const CHANGE: AuditedChange = { who: 'admin', action: 'weights', reason: 'canary', from: null, to: null };

export function stateAt(revision: number): ControlState {
  const environment = { weights: {}, shadow: null };
  return { ...nothingRuns, revision, weights: { v1: revision, v2: 1 }, shadow: null, environment };
}

/** Appends until the database becomes unwritable or writable; returns the id of the last row. */
export async function appendUntil({ record, writable }: OpenedForTest, wanted: boolean): Promise<string> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) {
    const row = aRow();
    record.append(row);
    if (writable() === wanted) return row.id;
  }
  throw new Error(`the database did not become ${wanted ? 'writable' : 'unwritable'}`);
}
