import type { FeatureValue } from '@coppice/contract';

type Question = {
  url: string;
  rows: readonly Record<string, FeatureValue>[];
  /** Asks this version, by its path. */
  version?: string;
  /** Whose metadata name the columns: those of `version`, or of the model. */
  described?: 'model' | 'version';
  texts?: 'binary' | 'JSON';
};

/**
 * A Python program that sends rows of the model `titanic` as columns of the metadata's datatypes by the real tritonclient, and
 * prints `[labels, probabilities]`. Gaps are NaN, which tritonclient can only send in binary form.
 */
export function askTriton({ url, rows, version = '', described = 'model', texts = 'binary' }: Question): string {
  return `
import json, numpy
import tritonclient.http as triton
rows = json.loads(${JSON.stringify(JSON.stringify(rows))})
client = triton.InferenceServerClient('${new URL(url).host}')
inputs = []
for spec in client.get_model_metadata('titanic', '${described === 'version' ? version : ''}')['inputs']:
    cells = [row.get(spec['name']) for row in rows]
    if spec['datatype'] == 'BYTES':
        column = numpy.array([cell or '' for cell in cells], dtype=object)
    else:
        column = numpy.array(cells, dtype={'FP32': 'float32', 'FP64': 'float64'}[spec['datatype']])
    tensor = triton.InferInput(spec['name'], [len(rows), 1], spec['datatype'])
    tensor.set_data_from_numpy(column.reshape(-1, 1), binary_data=${texts === 'binary' ? 'True' : "spec['datatype'] != 'BYTES'"})
    inputs.append(tensor)
answer = client.infer('titanic', inputs, model_version='${version}')
outputs = [answer.as_numpy(output['name']).tolist() for output in answer.get_response()['outputs']]
print(json.dumps(outputs))
`;
}
