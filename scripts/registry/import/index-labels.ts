import { batchTensor, dataType, int64Tensor, intAttribute } from '@coppice/trainer/onnx/schema';
import { editOnnx } from './onnx-file.ts';

/** `TensorProto.DataType` */
const FLOAT = 1;

type Outputs = {
  /** All outputs of the file. */
  all: readonly string[];
  label: string | null;
  share: string;
  /** The label of each class, whole numbers; null where the model answers none. */
  labels: readonly string[] | null;
};

/**
 * The file with two outputs: its probabilities, and the index of the class in place of its own label. Without a label that is
 * the most probable class.
 */
export function withIndexLabels(onnx: Uint8Array, { all, label, share, labels }: Outputs): Uint8Array {
  const own = (name: string) => `coppice:${name}`;
  const node = (opType: string, input: string[], output: string, attribute: object[] = []) => ({
    ...{ opType, input, output: [output], attribute },
  });
  const to = (type: number) => [intAttribute('to', type)];
  const scores =
    label === null || labels === null
      ? { node: [node('Cast', [share], own('scores'), to(FLOAT))], initializer: [] }
      : {
          node: [
            node('Cast', [label], own('whole'), to(dataType.int64)),
            node('Reshape', [own('whole'), own('column')], own('rows')),
            node('Equal', [own('rows'), own('labels')], own('equal')),
            node('Cast', [own('equal')], own('scores'), to(FLOAT)),
          ],
          initializer: [int64Tensor(own('column'), [-1, 1]), int64Tensor(own('labels'), labels.map(Number))],
        };
  const largest = [intAttribute('axis', 1), intAttribute('keepdims', 0)];
  return editOnnx(
    onnx,
    { outputs: all.filter((name) => name !== share) },
    {
      node: [...scores.node, node('ArgMax', [own('scores')], own('label'), largest)],
      initializer: scores.initializer,
      output: [batchTensor(own('label'), dataType.int64)],
    },
  );
}

/** The file without the outputs that are neither labels nor probabilities. */
export function withoutOutputs(onnx: Uint8Array, outputs: readonly string[]): Uint8Array {
  return outputs.length === 0 ? onnx : editOnnx(onnx, { outputs }, {});
}
