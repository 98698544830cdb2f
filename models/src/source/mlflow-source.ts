import { MlflowAwayError, type MlflowClient, MlflowRefusedError } from '@coppice/mlflow/mlflow-client';
import { type ModelVersion, placeOfRun, placeOfVersion, readVersion } from '@coppice/mlflow/model-version';
import { CARD_FILE, MODEL_FILE } from '@coppice/registry/release';
import { ArtifactError, parseArtifact } from '../model/read-artifact.ts';
import type { KeptCopy } from './kept-copy.ts';
import { type Artifact, type ModelSource, SourceError, type Wanted } from './model-source.ts';
import type { Selector } from './registry-source.ts';

/** MLflow's server is slower than a folder or a bucket. */
const EVERY_MS = 5000;

/** A registered model of an MLflow server: the version of a number, or whichever an alias names at the moment. */
export class MlflowSource implements ModelSource {
  readonly follows = true;
  readonly everyMs = EVERY_MS;
  readonly #client: MlflowClient;
  readonly #model: string;
  readonly #selector: Selector;
  readonly #kept: KeptCopy | null;

  constructor(client: MlflowClient, { model, selector }: { model: string; selector: Selector }, kept: KeptCopy | null) {
    this.#client = client;
    this.#model = model;
    this.#selector = selector;
    this.#kept = kept;
  }

  async find(): Promise<Wanted> {
    const found = await this.#look();
    return {
      key: `version ${found.version} of ${found.created} ${found.run} ${found.sha256}`,
      release: found.release ?? found.version,
      read: () => this.#read(found),
      file: (name) => this.#file(found, name),
      warning: null,
    };
  }

  /** The copy of the last start, while MLflow cannot be reached. */
  async kept(why: string): Promise<Wanted | null> {
    const copy = await this.#kept?.read();
    if (!copy) return null;
    const { release, read } = copy;
    return {
      key: `kept release ${release}`,
      ...{ release, read, file: async () => null },
      warning: `serves the kept copy of release ${release}: ${why}`,
    };
  }

  async serves({ release, warning }: Wanted, artifact: Artifact): Promise<void> {
    if (release !== null && warning === null) await this.#kept?.keep(release, artifact);
  }

  async #look(): Promise<ModelVersion> {
    try {
      return await readVersion(this.#client, this.#model, this.#selector);
    } catch (cause) {
      if (cause instanceof MlflowAwayError) throw new SourceError(cause.message, { cause });
      if (!(cause instanceof MlflowRefusedError)) throw cause;
      const missing = `${this.#model} has no ${typeof this.#selector === 'number' ? `version ${this.#selector}` : this.#selector}`;
      throw new SourceError(
        isMissing(cause)
          ? `${missing} in MLflow at ${this.#client.url}: npm run mlflow -- sync sends the releases and their aliases`
          : cause.message,
        { cause },
      );
    }
  }

  async #read({ version, sha256 }: ModelVersion): Promise<Artifact> {
    const title = `version ${version} of ${this.#model} in MLflow`;
    try {
      const place = await placeOfVersion(this.#client, this.#model, version);
      const card = await this.#client.download(place, CARD_FILE).catch((error) => {
        if (isMissing(error)) throw new ArtifactError(withoutCard(title), { cause: error });
        throw error;
      });
      const onnx = await this.#client.download(place, MODEL_FILE);
      const artifact = parseArtifact(`${MODEL_FILE} of ${title}`, Buffer.from(card), Buffer.from(onnx));
      const { name, artifact: described } = artifact.card;
      if (name !== this.#model) throw new ArtifactError(`${CARD_FILE} of ${title} describes ${name}`);
      if (sha256 !== null && sha256 !== described.sha256)
        throw new ArtifactError(`${title} has the tag of another file: sha256 ${sha256}, not ${described.sha256}`);
      return artifact;
    } catch (cause) {
      if (cause instanceof MlflowRefusedError) throw new ArtifactError(`${title}: ${cause.message}`, { cause });
      if (cause instanceof MlflowAwayError) throw new SourceError(cause.message, { cause });
      throw cause;
    }
  }

  /** A report lies beside the model, among the files of its run. */
  async #file({ run }: ModelVersion, name: string): Promise<Uint8Array | null> {
    if (run === null) return null;
    try {
      return await this.#client.download(await placeOfRun(this.#client, run), name);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}

/** As MLflow says it of models, versions, aliases and files alike. */
function isMissing(error: unknown): boolean {
  return (
    error instanceof MlflowRefusedError &&
    (['RESOURCE_DOES_NOT_EXIST', '404'].includes(error.code) || /alias \S+ not found/i.test(error.message))
  );
}

const withoutCard = (title: string) =>
  `${title} has no ${CARD_FILE}, so nobody knows its features and classes: download its ${MODEL_FILE} and bring it into the registry by npm run registry -- import --model ${MODEL_FILE} --data SAMPLE.csv`;
