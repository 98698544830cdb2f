// Releases on real MLflow servers: one with SQLite and a folder, one with PostgreSQL and S3.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRegistry } from '@coppice/registry/open-registry';
import type { Registry } from '@coppice/registry/registry';
import { freePort } from '@coppice/testkit/programs/free-port';
import { attempt, root } from '@coppice/testkit/programs/run-command';
import { startThrowawayMlflow, type ThrowawayMlflow } from '@coppice/testkit/programs/throwaway-mlflow';
import { startThrowawayPostgres, type ThrowawayPostgres } from '@coppice/testkit/programs/throwaway-postgres';
import { startThrowawayS3, type ThrowawayS3 } from '@coppice/testkit/programs/throwaway-s3';
import { releaseFiles } from '@coppice/testkit/release-files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MlflowClient } from './mlflow-client.ts';
import { findAliases, findVersion, findVersions } from './mlflow-versions.ts';
import { sendMissing } from './send-missing.ts';
import { sendRelease } from './send-release.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-send-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = z.object({
  run: z.object({
    info: z.object({ run_name: z.string(), status: z.string(), artifact_uri: z.string() }),
    data: z.object({
      metrics: z.array(z.object({ key: z.string(), value: z.number() })),
      params: z.array(z.object({ key: z.string(), value: z.string() })),
      tags: z.array(z.object({ key: z.string(), value: z.string() })),
    }),
    inputs: z.object({ dataset_inputs: z.array(z.object({ dataset: z.object({ name: z.string() }) })) }),
  }),
});

describe('a training', () => {
  let mlflow: ThrowawayMlflow | null = null;
  let [port, url] = [0, ''];
  beforeAll(async () => {
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
  });
  afterAll(() => mlflow?.stop());

  const places = () => ({ out: join(folder, 'out'), registry: join(folder, 'trained') });
  const node = (args: string[]) =>
    attempt(process.execPath, [join(root, args[0] as string), ...args.slice(1), '--registry', places().registry], {
      MLFLOW_TRACKING_URI: url,
    });
  const train = (...more: string[]) =>
    node(['trainer/src/main.ts', '--out', places().out, '--data', join(root, 'trainer/data/iris.csv'), ...more]);

  it('ends well while MLflow is away, and says when its releases are sent', async () => {
    const { status, output } = await train('--forest', 'v1=5x3', '--forest', 'v2=8x3');
    expect(status).toBe(0);
    expect(output.trim().split('\n').at(-1)).toBe(
      `MLflow at ${url} cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}; releases 1, 2 are sent with the next training or by npm run mlflow -- sync --registry ${places().registry}`,
    );
    const synced = await node(['scripts/mlflow.ts', 'sync']);
    expect(synced.status).toBe(1);
    expect(synced.output).toContain(`mlflow: MLflow at ${url} cannot be reached`);
  });

  it('is sent later by npm run mlflow -- sync, in the order of the releases, and only once', async () => {
    mlflow = await startThrowawayMlflow({ port });
    expect((await node(['scripts/mlflow.ts', 'status'])).output).toBe('release 1: not sent\nrelease 2: not sent\n');
    expect((await node(['scripts/mlflow.ts', 'sync'])).output).toBe(
      'release 1 of iris is version 1, 1 left\nrelease 2 of iris is version 2\n',
    );
    expect((await node(['scripts/mlflow.ts', 'sync'])).output).toContain('has all releases of iris');
    expect((await node(['scripts/mlflow.ts', 'status'])).output).toMatch(
      /^release 1: version 1, run \w+\nrelease 2: version 2, run \w+\n$/,
    );
  });

  it('is a run with parameters, metrics, data, tags, pictures and the model', async () => {
    const client = new MlflowClient({ url, login: null });
    const registry = await openRegistry(places().registry, 'iris');
    const release = await registry.release(1);
    const version = await findVersion(client, release);
    const { info, data, inputs } = (await client.get('runs/get', { run_id: version?.runId ?? '' }, run)).run;
    const byKey = (all: { key: string; value: unknown }[]) =>
      Object.fromEntries(all.map(({ key, value }) => [key, value]));
    expect(info).toMatchObject({ run_name: 'iris 1', status: 'FINISHED' });
    expect(byKey(data.params)).toMatchObject({ algorithm: 'random-forest', trees: '5', depth: '3', seed: '42' });
    expect(byKey(data.metrics)).toMatchObject({
      test_accuracy: release.summary.accuracy,
      train_accuracy: expect.any(Number),
      train_f1: expect.any(Number),
      test_log_loss: expect.any(Number),
      test_auc: expect.any(Number),
      'test_f1/setosa': expect.any(Number),
      training_time: expect.any(Number),
      model_size_mb: (release.files['model.onnx']?.bytes ?? 0) / 1e6,
    });
    expect(byKey(data.tags)).toMatchObject({
      'coppice.release': '1',
      'coppice.sha256': release.files['model.onnx']?.sha256,
      'coppice.data': release.lineage.data,
    });
    expect(inputs.dataset_inputs).toHaveLength(1);
    expect(inputs.dataset_inputs[0]?.dataset.name).toBe('iris.csv');
    for (const name of ['report/report.html', 'report/roc_curve.png'])
      expect(Buffer.from(await client.download(info.artifact_uri, name))).toEqual(
        Buffer.from(await registry.file(release, name)),
      );
    await expect(client.download(info.artifact_uri, 'report/test-rows.json.gz')).rejects.toThrow(/answers 404/);
    expect(Object.fromEntries((await findAliases(client, 'iris')) ?? [])).toEqual({ champion: '1', challenger: '2' });
  });

  it('is sent at its end when MLflow is there', async () => {
    const { status, output } = await train('--forest', 'v1=5x3', '--seed', '7');
    expect(status).toBe(0);
    expect(output.trim().split('\n').at(-1)).toBe(`release 3 of iris is version 3 in MLflow at ${url}`);
  });

  it('is sent by npm run registry -- publish, too', async () => {
    const { output } = await node(['scripts/registry.ts', 'publish', join(places().out, 'v2')]);
    expect(output).toMatch(/^iris 4 in /);
    expect(output.trim().split('\n').at(-1)).toBe(`release 4 of iris is version 4 in MLflow at ${url}`);
  });
});

describe('a server with PostgreSQL and S3', () => {
  let [postgres, s3, mlflow]: [ThrowawayPostgres?, ThrowawayS3?, ThrowawayMlflow?] = [];
  let client: MlflowClient;
  let registry: Registry;
  let bucket: string;
  beforeAll(async () => {
    [postgres, s3] = await Promise.all([startThrowawayPostgres(), startThrowawayS3()]);
    bucket = await s3.createBucket();
    const env = {
      ...{ MLFLOW_S3_ENDPOINT_URL: s3.url, AWS_DEFAULT_REGION: 'us-east-1' },
      ...{ AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey },
    };
    const database = (await postgres.createDatabase('mlflow')).replace('postgres://', 'postgresql+psycopg://');
    mlflow = await startThrowawayMlflow({ database, artifacts: `s3://${bucket}`, env });
    client = new MlflowClient({ url: mlflow.url, login: null });
    registry = await openRegistry(join(folder, 'registry'), 'iris');
    for (const shift of [0, 1, 2]) await publish(shift);
  });
  afterAll(async () => {
    await mlflow?.stop();
    await Promise.all([postgres?.stop(), s3?.stop()]);
  });
  const publish = (shift: number) =>
    registry.publish({
      files: releaseFiles({ shift, note: `note ${shift}` }),
      lineage: { data: null, commit: null, parent: null },
      who: 'ada',
    });
  const runs = async (number: number) => {
    const found = await client.get('experiments/get-by-name', { experiment_name: 'iris' }, experiment);
    const body = { experiment_ids: [found.experiment.experiment_id], filter: `tags.\`coppice.release\` = '${number}'` };
    return (await client.post('runs/search', body, z.object({ runs: z.array(z.unknown()).default([]) }))).runs;
  };
  const experiment = z.object({ experiment: z.object({ experiment_id: z.string() }) });

  it('finishes a send that is cut off at any call, and doubles nothing', async () => {
    const release = await registry.release(1);
    let cuts = 0;
    for (let calls = 1; ; calls += 2) {
      const sent = await sendRelease(new CutClient(client.url, calls), registry, release).catch((error) => error);
      if (!(sent instanceof Error)) break;
      expect(sent.message).toBe('cut off');
      cuts++;
    }
    expect(cuts).toBeGreaterThan(3);
    expect(await runs(1)).toHaveLength(1);
    const versions = await findVersions(client, 'iris');
    expect(versions).toMatchObject([{ version: '1', release: 1 }]);
    const source = versions[0]?.source ?? '';
    expect(Buffer.from(await client.download(source, 'model.onnx'))).toEqual(
      Buffer.from(await registry.file(release, 'model.onnx')),
    );
  });

  it('keeps the release of one of two who send it at once', async () => {
    const release = await registry.release(2);
    const [one, other] = await Promise.all([
      sendRelease(client, registry, release),
      sendRelease(client, registry, release),
    ]);
    expect(one).toEqual(other);
    expect(await runs(2)).toHaveLength(1);
    expect((await findVersions(client, 'iris')).map(({ release }) => release)).toEqual([1, 2]);
  });

  it('gets no broken release, and all others', async () => {
    await publish(1);
    const lines: string[] = [];
    await sendMissing(client, brokenAt(registry, 3), (sent) =>
      lines.push('version' in sent ? `${sent.release.number}: sent` : `${sent.release.number}: ${sent.error.message}`),
    );
    expect(lines).toEqual([`3: release 3 of iris has no valid model-card.json`, '4: sent']);
  });

  it('has the aliases of the registry, and keeps those that it has', async () => {
    const by = { who: 'ada', reason: '' };
    await registry.setAlias('champion', 4, by);
    await sendRelease(client, registry, await registry.release(4));
    const first = (await findAliases(client, 'iris'))?.get('champion');
    expect(first).toBe((await findVersion(client, await registry.release(4)))?.version);
    await registry.setAlias('champion', 1, by);
    await sendRelease(client, registry, await registry.release(1));
    expect((await findAliases(client, 'iris'))?.get('champion')).toBe(first);
  });
});

/** Ends after so many calls, as a process that is killed. */
class CutClient extends MlflowClient {
  #left: number;
  constructor(url: string, calls: number) {
    super({ url, login: null });
    this.#left = calls;
  }
  override async post<T>(...args: Parameters<MlflowClient['post']>): Promise<T> {
    this.#count();
    return (await super.post(...args)) as T;
  }
  override async upload(...args: Parameters<MlflowClient['upload']>): Promise<void> {
    this.#count();
    return super.upload(...args);
  }
  #count(): void {
    if (this.#left-- <= 0) throw new Error('cut off');
  }
}

/** The same registry, with nonsense for the card of one release. */
function brokenAt(registry: Registry, number: number): Registry {
  return new Proxy(registry, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name === 'file')
        return (release: { number: number }, file: string) =>
          release.number === number && file === 'model-card.json'
            ? Buffer.from('{}')
            : target.file(release as Parameters<Registry['file']>[0], file);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
