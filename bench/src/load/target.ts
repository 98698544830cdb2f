/** A row of the benchmark and the class that every model here gives it. */
export type Row = { features: number[]; label: number };

/** Something that answers predictions over HTTP. */
export type Target = {
  name: string;
  /** Its name in tables. */
  label: string;
  url: string;
  path: string;
  /** The request for one row, or for a batch when there are more. */
  body(rows: readonly number[][]): string;
  /** Lua pattern of the label in the answer to one row; empty when every answer is the same. */
  labelPattern: string;
  /** Labels in an answer's body. */
  labels(answer: unknown): number[];
};

type Where = Pick<Target, 'name' | 'label' | 'url'>;

/** A target that speaks the gateway's `POST /predict`. */
export function predictTarget(where: Where): Target {
  return {
    ...where,
    path: '/predict',
    body: (rows) => JSON.stringify(rows.length === 1 ? { features: rows[0] } : { instances: rows }),
    labelPattern: '"prediction":%s*(%d+)',
    labels: (answer) => {
      const { prediction, predictions } = answer as { prediction?: number; predictions?: { prediction: number }[] };
      return predictions ? predictions.map((one) => one.prediction) : [prediction as number];
    },
  };
}

/** A target that speaks Open Inference Protocol V2 and answers labels in its first output. */
export function openInferenceTarget(where: Where, model: string, input: string): Target {
  return {
    ...where,
    path: `/v2/models/${model}/infer`,
    body: (rows) =>
      JSON.stringify({
        inputs: [{ name: input, shape: [rows.length, rows[0]?.length], datatype: 'FP64', data: rows.flat() }],
      }),
    labelPattern: '"data":%s*%[(%d+)',
    labels: (answer) => (answer as { outputs: { data: number[] }[] }).outputs[0]?.data ?? [],
  };
}

/** Requests labels once. Throws when the status is not 200. */
export async function requestLabels(target: Target, rows: readonly number[][]): Promise<number[]> {
  const answer = await fetch(target.url + target.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: target.body(rows),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${target.label} answered ${answer.status}: ${text.slice(0, 300)}`);
  return target.labels(JSON.parse(text));
}
