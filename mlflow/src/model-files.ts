import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CARD_FILE, MODEL_FILE } from '@coppice/registry/release';
import type { ReleaseDetails } from './release-details.ts';
import { columnsOf } from './run-of-release.ts';

/** What the model is tested with in Python; whoever serves it installs these. */
const python = '3.11.7';
const packages = { mlflow: '3.17.2', numpy: '2.4.6', onnx: '1.23.2', onnxruntime: '1.32.0', pandas: '3.1.1' };

const LOADER = 'coppice_release';
const loader = new URL(`./python/${LOADER}.py`, import.meta.url);
const EXAMPLE_ROWS = 5;

/**
 * A release as an MLflow model (https://mlflow.org/docs/latest/ml/model/): the files of its folder by name, `MLmodel` last.
 * `mlflow.onnx` loads the ONNX file; `mlflow.pyfunc`, and so `mlflow models serve`, answers by a loader that comes with it.
 * The same release in the same run has the same bytes.
 */
export function modelFiles(details: ReleaseDetails, runId: string): Map<string, Uint8Array> {
  const { card, cardBytes, onnx } = details;
  const requirements = Object.entries(packages).map(([name, version]) => `${name}==${version}`);
  const rows = card.rows.slice(0, EXAMPLE_ROWS).map(({ features }) => features);
  const example = { columns: card.features.map(({ name }) => name), data: rows };
  const files = new Map<string, Uint8Array>([
    [MODEL_FILE, onnx],
    [CARD_FILE, cardBytes],
    [`code/${LOADER}.py`, readFileSync(loader)],
    ['requirements.txt', text(requirements)],
    ['conda.yaml', text(['channels:', '- conda-forge', 'dependencies:', ...conda(requirements), 'name: mlflow-env'])],
    [
      'python_env.yaml',
      text([`python: ${python}`, 'build_dependencies:', '- pip', 'dependencies:', '- -r requirements.txt']),
    ],
    ['input_example.json', Buffer.from(JSON.stringify(example))],
    ['serving_input_example.json', Buffer.from(JSON.stringify({ dataframe_split: example }, null, 2))],
  ]);
  const bytes = [...files.values()].reduce((sum, file) => sum + file.length, 0);
  return files.set('MLmodel', text(descriptor(details, runId, bytes)));
}

/** The file that says how MLflow loads the model: YAML, whose texts may be written as those of JSON. */
function descriptor({ release, card }: ReleaseDetails, runId: string, bytes: number): string[] {
  const inputs = columnsOf(card);
  const outputs = [
    { type: 'long', name: 'prediction', required: true },
    { type: 'string', name: 'class', required: true },
    { type: 'array', items: { type: 'double' }, name: 'probability', required: true },
  ];
  const uuid = hash('sha256', `${runId} ${release.files[MODEL_FILE]?.sha256}`).slice(0, 32);
  return [
    'artifact_path: model',
    'flavors:',
    '  onnx:',
    '    code: code',
    `    data: ${MODEL_FILE}`,
    '    onnx_session_options: null',
    `    onnx_version: ${packages.onnx}`,
    '    providers:',
    '    - CPUExecutionProvider',
    '  python_function:',
    '    code: code',
    `    data: ${MODEL_FILE}`,
    '    env:',
    '      conda: conda.yaml',
    '      virtualenv: python_env.yaml',
    `    loader_module: ${LOADER}`,
    `    python_version: ${python}`,
    'metadata:',
    `  coppice_model: ${JSON.stringify(release.model)}`,
    `  coppice_release: ${release.number}`,
    `mlflow_version: ${packages.mlflow}`,
    `model_size_bytes: ${bytes}`,
    `model_uuid: ${uuid}`,
    `run_id: ${runId}`,
    'saved_input_example_info:',
    '  artifact_path: input_example.json',
    '  pandas_orient: split',
    '  serving_input_path: serving_input_example.json',
    '  type: dataframe',
    'signature:',
    `  inputs: ${single(JSON.stringify(inputs))}`,
    `  outputs: ${single(JSON.stringify(outputs))}`,
    '  params: null',
    `utc_time_created: '${release.createdAt.replace('T', ' ').replace('Z', '')}'`,
  ];
}

const conda = (requirements: readonly string[]) => [
  `- python=${python}`,
  '- pip',
  '- pip:',
  ...requirements.map((one) => `  - ${one}`),
];
const text = (lines: readonly string[]) => Buffer.from(`${lines.join('\n')}\n`);
/** A text in single quotes, in which YAML takes all but a quote as it is. */
const single = (value: string) => `'${value.replaceAll("'", "''")}'`;
