import type { InferAnswer, RowsToInfer } from './infer-job.ts';
import type { Identity, Protocol, Wire } from './protocol.ts';
import { readTensors } from './read-tensors.ts';
import { describeRefusal, parseJson } from './refusal.ts';
import { type Known, namesOf } from './signature.ts';
import type { Upstream, UpstreamAnswer } from './upstream.ts';

const SMALL_BYTES = 64 * 1024;
const PATH = '/invocations';

/** The address of MLflow's scoring server in that of its predictions, or null for another kind of server. */
export function mlflowServer(url: string): string | null {
  return /\/invocations\/?$/.test(new URL(url).pathname) ? url.replace(/\/invocations\/?$/, '') : null;
}

/**
 * MLflow's scoring server (`mlflow models serve`). It describes no model: features and classes are those of the other
 * versions. https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/#inference-server-specification
 */
export function mlflow(upstream: Pick<Upstream, 'get'>): Protocol {
  return {
    async probe() {
      const answer = await upstream.get('/ping', SMALL_BYTES);
      return answer.status === 200 ? null : `its server is not ready: ${describeRefusal(answer)}`;
    },
    async identify(known): Promise<Identity> {
      if (!known?.featureNames)
        throw new Error('MLflow’s scoring server describes no model: another version with a model card must be ready');
      const { features, classes } = known;
      // nothing in its answers says which model it has
      return {
        features,
        classes,
        card: null,
        wires: [wireOf(known)],
        outputs: { label: null, probability: null },
        key: 'mlflow',
      };
    },
  };
}

function wireOf(known: Known): Wire {
  const model = { classes: known.classes, label: null, probability: null, ...namesOf(known) };
  const columns = JSON.stringify(known.featureNames);
  return {
    path: PATH,
    encode: (jobs) => ({
      headers: { 'content-type': 'application/json' },
      body: `{"dataframe_split":{"columns":${columns},"data":[${jobs.map((job) => rowsOf(job, known.features)).join(',')}]}}`,
    }),
    decode: (answer, rows) => readPredictions(answer, rows, model),
    answerLimit: (rows) => SMALL_BYTES + rows * (256 + 64 * known.classes),
  };
}

function rowsOf({ features, rows }: RowsToInfer, width: number): string {
  const values = Array.from(features);
  return Array.from({ length: rows }, (_, row) => JSON.stringify(values.slice(row * width, (row + 1) * width))).join(
    ',',
  );
}

/** `{"predictions":[…]}`: a label per row, a probability of the second of two classes, or a list of probabilities. */
function readPredictions(
  { body }: UpstreamAnswer,
  rows: number,
  model: Parameters<typeof readTensors>[2],
): InferAnswer {
  const predictions = (parseJson(body) as { predictions?: unknown } | null)?.predictions;
  if (!Array.isArray(predictions)) throw new Error('it has no predictions');
  const values: unknown[] = predictions.flat(2);
  const name = 'predictions';
  if (values.every((value) => typeof value === 'number')) {
    const whole = values.length === rows && values.every(Number.isInteger);
    return readTensors([{ name, kind: whole ? 'integer' : 'float', values }], rows, model);
  }
  return readTensors([{ name, kind: 'text', values }], rows, model);
}
