import { ColumnMap, type FleetView } from './column-map.ts';
import type { UpstreamAnswer } from './exchange.ts';
import type { InferAnswer, RowsToInfer } from './infer-job.ts';
import type { LookConnection } from './look-connection.ts';
import type { Identity, Protocol, Wire } from './protocol.ts';
import { readTensors } from './read-tensors.ts';
import { describeRefusal, parseJson } from './refusal.ts';
import { type Known, namesOf } from './signature.ts';

const SMALL_BYTES = 64 * 1024;
const PATH = '/invocations';

/** The address of MLflow's scoring server in that of its predictions, or null for another kind of server. */
export function mlflowServer(url: string): string | null {
  return /\/invocations\/?$/.test(new URL(url).pathname) ? url.replace(/\/invocations\/?$/, '') : null;
}

/**
 * MLflow's scoring server (`mlflow models serve`). It describes no model: features and classes are those of the first
 * other version. https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/#inference-server-specification
 */
export function mlflow(upstream: Pick<LookConnection, 'get'>, fleet: FleetView): Protocol {
  return {
    async probe() {
      const answer = await upstream.get('/ping', SMALL_BYTES);
      const reason = answer.status === 200 ? null : `its server is not ready: ${describeRefusal(answer)}`;
      return { reason, release: null };
    },
    async identify(known): Promise<Identity> {
      if (!known?.specs)
        throw new Error('MLflow’s scoring server describes no model: another version with a model card must be ready');
      const { features, classes } = known;
      // nothing in its answers says which model it has
      return {
        features,
        classes,
        card: null,
        byName: true,
        wires: [wireOf(known, fleet)],
        outputs: { label: null, probability: null },
        key: 'mlflow',
      };
    },
  };
}

function wireOf(known: Known, fleet: FleetView): Wire {
  const model = { classes: known.classes, label: null, probability: null, ...namesOf(known) };
  const columns = new ColumnMap(fleet);
  return {
    path: PATH,
    ...{ release: null, takes: 'mlflow' },
    encode: (jobs) => ({
      headers: { 'content-type': 'application/json' },
      body: `{"dataframe_split":{"columns":${JSON.stringify(columns.names)},"data":[${jobs.map((job) => rowsOf(job, columns)).join(',')}]}}`,
    }),
    decode: (answer, rows) => readPredictions(answer, rows, model),
    answerLimit: (rows) => SMALL_BYTES + rows * (256 + 64 * known.classes),
  };
}

/** Values as they came: a data frame has texts, booleans and gaps, too. */
function rowsOf({ features, columns, rows }: RowsToInfer, map: ColumnMap): string {
  const from = map.from(columns) ?? columns.map((_, i) => i);
  return Array.from({ length: rows }, (_, row) =>
    JSON.stringify(Array.from(from, (at) => (at < 0 ? null : features[row * columns.length + at]))),
  ).join(',');
}

/**
 * `{"predictions":[…]}`: a label per row, a probability of the second of two classes, a list of probabilities, or, of a release of
 * ours, both: `{"prediction":1,"class":"yes","probability":[0.25,0.75]}`.
 */
function readPredictions(
  { body }: UpstreamAnswer,
  rows: number,
  model: Parameters<typeof readTensors>[2],
): InferAnswer {
  const predictions = (parseJson(body) as { predictions?: unknown } | null)?.predictions;
  if (!Array.isArray(predictions)) throw new Error('it has no predictions');
  if (predictions.every(isOurs))
    return readTensors(
      [
        { name: 'label', kind: 'integer', values: predictions.map(({ prediction }) => prediction) },
        { name: 'probability', kind: 'float', values: predictions.flatMap(({ probability }) => probability) },
      ],
      rows,
      model,
    );
  const values: unknown[] = predictions.flat(2);
  const name = 'predictions';
  if (values.every((value) => typeof value === 'number')) {
    const whole = values.length === rows && values.every(Number.isInteger);
    return readTensors([{ name, kind: whole ? 'integer' : 'float', values }], rows, model);
  }
  return readTensors([{ name, kind: 'text', values }], rows, model);
}

function isOurs(row: unknown): row is { prediction: number; probability: number[] } {
  const { prediction, probability } = (row ?? {}) as { prediction?: unknown; probability?: unknown };
  return (
    Number.isInteger(prediction) &&
    Array.isArray(probability) &&
    probability.every((share) => typeof share === 'number')
  );
}
