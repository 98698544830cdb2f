import { batchTensor } from '@coppice/trainer/onnx/schema';
import { editOnnx, type OnnxFile } from './onnx-file.ts';

/** `TensorProto.DataType` of what ZipMap takes. */
const FLOAT = 1;

/**
 * The file with a tensor in place of the list of maps that ZipMap makes of it, under the same name; null for a file without
 * ZipMap.
 */
export function withoutZipMap(onnx: Uint8Array, { nodes, outputs }: OnnxFile): Uint8Array | null {
  const zipMaps = nodes.filter(({ op, outputs: [name = ''] }) => op === 'ZipMap' && outputs.includes(name));
  if (zipMaps.length === 0) return null;
  const names = zipMaps.map(({ outputs: [name = ''] }) => name);
  return editOnnx(
    onnx,
    { nodes: names, outputs: names },
    {
      node: zipMaps.map(({ inputs, outputs }) => ({ opType: 'Identity', input: inputs, output: outputs })),
      output: zipMaps.map(({ outputs: [name = ''], classLabels }) =>
        batchTensor(name, FLOAT, classLabels?.length ?? 0),
      ),
    },
  );
}
