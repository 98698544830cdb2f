import { setTimeout as sleep } from 'node:timers/promises';
import { aliases, TEST_ROWS_FILE } from '@coppice/contract';
import type { Registry } from '@coppice/registry/registry';
import { MODEL_FILE, type Release } from '@coppice/registry/release';
import { z } from 'zod';
import { type MlflowClient, MlflowRefusedError } from './mlflow-client.ts';
import { MODEL_FOLDER, RELEASE_TAG, SHA256_TAG } from './mlflow-models.ts';
import { findAliases, findVersion, type MlflowVersion, setMlflowAlias } from './mlflow-versions.ts';
import { modelFiles } from './model-files.ts';
import { type ReleaseDetails, readDetails } from './release-details.ts';
import { datasetOf, metricsOf, parametersOf, tagsOf } from './run-of-release.ts';

/** MLflow's own limits of `runs/log-batch`. */
const [MOST_METRICS, MOST_PARAMETERS] = [1000, 100];
const [MOST_RACES, RACE_MS] = [5, 200];

/**
 * Makes a release a run and a registered version of its model, with the aliases that point to it, and returns the version. Whatever
 * an earlier send left behind is finished, never doubled: a version that is there is returned as it is. Rejects with
 * `MlflowAwayError`, `MlflowRefusedError` and the errors of the registry.
 */
export async function sendRelease(client: MlflowClient, registry: Registry, release: Release): Promise<MlflowVersion> {
  const { state } = await registry.current();
  const version =
    (await findVersion(client, release)) ??
    (await withAnother(() => send(client, registry, release, state.tags[release.number] ?? {})));
  // whoever moved an alias in MLflow since keeps it: mirroring is not the work of a send
  const known = await findAliases(client, release.model);
  for (const alias of aliases)
    if (state.aliases[alias] === release.number && !known?.has(alias))
      await setMlflowAlias(client, release.model, alias, version.version);
  return version;
}

/**
 * Of two who write the same row at once MLflow lets one fail by a constraint of its database, and one may find the run gone that
 * the other took back: what is done again goes on from what is there.
 */
async function withAnother<T>(send: () => Promise<T>): Promise<T> {
  for (let again = 1; ; again++)
    try {
      return await send();
    } catch (error) {
      const raced = error instanceof MlflowRefusedError && /unique|duplicate|state is deleted/i.test(error.message);
      if (!raced || again > MOST_RACES) throw error;
      await sleep(again * RACE_MS);
    }
}

async function send(
  client: MlflowClient,
  registry: Registry,
  release: Release,
  releaseTags: Record<string, string>,
): Promise<MlflowVersion> {
  const details = await readDetails(registry, release);
  const sha256 = release.files[MODEL_FILE]?.sha256 ?? '';
  const labels = tagsOf(details, releaseTags);
  const experiment = await experimentOf(client, release.model);
  const created = Date.parse(release.createdAt);
  const start = Math.round(created - (details.training?.seconds ?? 0) * 1000);
  const run = await runOf(client, experiment, release, sha256, start, labels);
  await logRun(client, run, details, created);
  await upload(client, run, registry, release, modelFiles(details, run.run_id));
  await client.post('runs/update', { run_id: run.run_id, status: 'FINISHED', end_time: created }, z.unknown());
  const { version, made } = await register(client, release, run, sha256);
  // after a race there may be runs that no version is made of, also of an attempt of this sender that failed
  if (!made)
    for (const { info } of await runsOf(client, experiment, release, sha256))
      if (info.run_id !== version.runId) await client.post('runs/delete', { run_id: info.run_id }, z.unknown());
  return version;
}

const experiments = z.object({ experiment: z.object({ experiment_id: z.string() }) });

/** The experiment that has the model's name; makes it if there is none. Another sender may be as fast. */
async function experimentOf(client: MlflowClient, name: string): Promise<string> {
  const find = () => client.get('experiments/get-by-name', { experiment_name: name }, experiments);
  try {
    return (await find()).experiment.experiment_id;
  } catch (error) {
    if (!isCode(error, 'RESOURCE_DOES_NOT_EXIST')) throw error;
  }
  try {
    return (await client.post('experiments/create', { name }, z.object({ experiment_id: z.string() }))).experiment_id;
  } catch (error) {
    if (!isCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
    return (await find()).experiment.experiment_id;
  }
}

const run = z.object({
  info: z.object({ run_id: z.string(), artifact_uri: z.string() }),
  data: z.object({ params: z.array(z.object({ key: z.string() })).default([]) }).default({ params: [] }),
});
/** With the names of the parameters that it has already: MLflow lets nobody change one. */
type Run = z.infer<typeof run>['info'] & { parameters: string[] };

/** The run of a release, which a send that was cut off may have begun. */
async function runOf(
  client: MlflowClient,
  experiment: string,
  release: Release,
  sha256: string,
  start: number,
  tags: Record<string, string>,
): Promise<Run> {
  const [begun] = await runsOf(client, experiment, release, sha256);
  if (begun) return { ...begun.info, parameters: begun.data.params.map(({ key }) => key) };
  const body = { experiment_id: experiment, start_time: start, tags: pairs(tags) };
  const { info } = (await client.post('runs/create', body, z.object({ run }))).run;
  return { ...info, parameters: [] };
}

/** The runs of a release, the newest first. */
async function runsOf(client: MlflowClient, experiment: string, { number }: Release, sha256: string) {
  const filter = `tags.\`${RELEASE_TAG}\` = '${number}' and tags.\`${SHA256_TAG}\` = '${sha256}'`;
  const wanted = { experiment_ids: [experiment], filter, max_results: 100, run_view_type: 'ACTIVE_ONLY' };
  return (await client.post('runs/search', wanted, z.object({ runs: z.array(run).default([]) }))).runs;
}

async function logRun(
  client: MlflowClient,
  { run_id: id, parameters: known }: Run,
  details: ReleaseDetails,
  timestamp: number,
): Promise<void> {
  const parameters = pairs(parametersOf(details)).filter(({ key }) => !known.includes(key));
  const metrics = Object.entries(metricsOf(details)).map(([key, value]) => ({ key, value, timestamp, step: 0 }));
  for (const params of chunks(parameters, MOST_PARAMETERS))
    await client.post('runs/log-batch', { run_id: id, params }, z.unknown());
  for (const some of chunks(metrics, MOST_METRICS))
    await client.post('runs/log-batch', { run_id: id, metrics: some }, z.unknown());
  await client.post('runs/log-inputs', { run_id: id, datasets: [datasetOf(details)] }, z.unknown());
}

/** Files of the release, and of the model. Test rows stay here: they are data of people. */
async function upload(
  client: MlflowClient,
  { run_id: id, artifact_uri: place }: Run,
  registry: Registry,
  release: Release,
  model: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const own = new Map([...model].map(([name, bytes]) => [`${MODEL_FOLDER}/${name}`, bytes]));
  const others = Object.keys(release.files).filter(
    (name) => name !== TEST_ROWS_FILE && !own.has(`${MODEL_FOLDER}/${name}`),
  );
  const there = await sizesOf(client, id);
  for (const name of others)
    if (there.get(name) !== release.files[name]?.bytes)
      await client.upload(place, name, await registry.file(release, name));
  for (const [name, bytes] of own) if (there.get(name) !== bytes.length) await client.upload(place, name, bytes);
}

const listing = z.object({
  files: z
    .array(z.object({ path: z.string(), is_dir: z.boolean(), file_size: z.coerce.number().default(0) }))
    .default([]),
  next_page_token: z.string().optional(),
});

/** Sizes of a run's artifacts by their paths. */
async function sizesOf(client: MlflowClient, id: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const folders: string[] = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let token: string | undefined;
    do {
      const query = { run_id: id, ...(folder && { path: folder }), ...(token && { page_token: token }) };
      const answer = await client.get('artifacts/list', query, listing);
      for (const { path, is_dir: isFolder, file_size: size } of answer.files)
        if (isFolder) folders.push(path);
        else sizes.set(path, size);
      token = answer.next_page_token || undefined;
    } while (token);
  }
  return sizes;
}

const created = z.object({ model_version: z.object({ version: z.coerce.string() }) });

/** Of two who send a release at once the first version stays, and the other one takes its own back. `made`: it is of this run, and new. */
async function register(
  client: MlflowClient,
  release: Release,
  run: Run,
  sha256: string,
): Promise<{ version: MlflowVersion; made: boolean }> {
  const { model, number } = release;
  // a version that is taken back uses up a number: the later one of two mostly makes none
  const others = await findVersion(client, release);
  if (others) return { version: others, made: false };
  try {
    const description = 'Releases of Coppice: its registry is the truth, and MLflow shows it.';
    await client.post('registered-models/create', { name: model, description }, z.unknown());
  } catch (error) {
    if (!isCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
  }
  const source = `${run.artifact_uri}/${MODEL_FOLDER}`;
  const tags = pairs({ [RELEASE_TAG]: String(number), [SHA256_TAG]: sha256 });
  const body = { name: model, source, run_id: run.run_id, tags, description: `Release ${number} of ${model}` };
  const { version } = (await client.post('model-versions/create', body, created)).model_version;
  const first = await findVersion(client, release);
  if (!first || first.version === version)
    return { version: { version, release: number, sha256, runId: run.run_id, source }, made: true };
  await client.change('DELETE', 'model-versions/delete', { name: model, version }, z.unknown());
  return { version: first, made: false };
}

const pairs = (record: Record<string, unknown>) =>
  Object.entries(record).map(([key, value]) => ({ key, value: String(value) }));

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

const isCode = (error: unknown, code: string) => error instanceof MlflowRefusedError && error.code === code;
