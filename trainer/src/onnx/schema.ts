import protobuf from 'protobufjs/light.js';

/**
 * The messages of onnx.proto that a tree ensemble needs, with the field numbers of
 * https://github.com/onnx/onnx/blob/v1.19.0/onnx/onnx.proto (they never change: that is protobuf's promise).
 */
const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: { id: 1, type: 'int64' },
        producerName: { id: 2, type: 'string' },
        producerVersion: { id: 3, type: 'string' },
        graph: { id: 7, type: 'GraphProto' },
        opsetImport: { id: 8, rule: 'repeated', type: 'OperatorSetIdProto' },
      },
    },
    OperatorSetIdProto: { fields: { domain: { id: 1, type: 'string' }, version: { id: 2, type: 'int64' } } },
    GraphProto: {
      fields: {
        node: { id: 1, rule: 'repeated', type: 'NodeProto' },
        name: { id: 2, type: 'string' },
        initializer: { id: 5, rule: 'repeated', type: 'TensorProto' },
        input: { id: 11, rule: 'repeated', type: 'ValueInfoProto' },
        output: { id: 12, rule: 'repeated', type: 'ValueInfoProto' },
      },
    },
    NodeProto: {
      fields: {
        input: { id: 1, rule: 'repeated', type: 'string' },
        output: { id: 2, rule: 'repeated', type: 'string' },
        name: { id: 3, type: 'string' },
        opType: { id: 4, type: 'string' },
        attribute: { id: 5, rule: 'repeated', type: 'AttributeProto' },
        domain: { id: 7, type: 'string' },
      },
    },
    // proto2 does not pack repeated numbers unless the field says so
    AttributeProto: {
      fields: {
        name: { id: 1, type: 'string' },
        i: { id: 3, type: 'int64' },
        s: { id: 4, type: 'bytes' },
        t: { id: 5, type: 'TensorProto' },
        ints: { id: 8, rule: 'repeated', type: 'int64', options: { packed: false } },
        strings: { id: 9, rule: 'repeated', type: 'bytes' },
        type: { id: 20, type: 'int32' },
      },
    },
    TensorProto: {
      fields: {
        dims: { id: 1, rule: 'repeated', type: 'int64', options: { packed: false } },
        dataType: { id: 2, type: 'int32' },
        int64Data: { id: 7, rule: 'repeated', type: 'int64', options: { packed: true } },
        doubleData: { id: 10, rule: 'repeated', type: 'double', options: { packed: true } },
        name: { id: 8, type: 'string' },
        dataLocation: { id: 14, type: 'int32' },
      },
    },
    ValueInfoProto: { fields: { name: { id: 1, type: 'string' }, type: { id: 2, type: 'TypeProto' } } },
    TypeProto: {
      fields: { tensorType: { id: 1, type: 'Tensor' } },
      nested: {
        Tensor: { fields: { elemType: { id: 1, type: 'int32' }, shape: { id: 2, type: 'TensorShapeProto' } } },
      },
    },
    TensorShapeProto: {
      fields: { dim: { id: 1, rule: 'repeated', type: 'Dimension' } },
      nested: {
        Dimension: { fields: { dimValue: { id: 1, type: 'int64' }, dimParam: { id: 2, type: 'string' } } },
      },
    },
  },
});

const modelProto = root.lookupType('ModelProto');

/** `TensorProto.DataType` */
export const dataType = { int64: 7, string: 8, double: 11 } as const;
/** `AttributeProto.AttributeType` */
const attributeType = { int: 2, string: 3, tensor: 4, ints: 7, strings: 8 } as const;

/** Bytes of an ONNX model. The same content gives the same bytes. Throws when a field has the wrong type. */
export function encodeModel(content: object): Uint8Array {
  const problem = modelProto.verify(content);
  if (problem) throw new TypeError(`not an ONNX model: ${problem}`);
  return modelProto.encode(modelProto.fromObject(content)).finish();
}

export const intAttribute = (name: string, i: number) => ({ name, i, type: attributeType.int });
export const intsAttribute = (name: string, ints: number[]) => ({ name, ints, type: attributeType.ints });
export const stringAttribute = (name: string, text: string) => ({
  name,
  s: Buffer.from(text),
  type: attributeType.string,
});
export const stringsAttribute = (name: string, texts: string[]) => ({
  name,
  strings: texts.map((text) => Buffer.from(text)),
  type: attributeType.strings,
});
export const doublesAttribute = (name: string, values: number[]) => ({
  name,
  t: doubleTensor(name, values),
  type: attributeType.tensor,
});

export function doubleTensor(name: string, doubleData: number[]) {
  return { name, dims: [doubleData.length], dataType: dataType.double, doubleData };
}

export function int64Tensor(name: string, int64Data: number[]) {
  return { name, dims: [int64Data.length], dataType: dataType.int64, int64Data };
}

/** An input or output of a graph: a tensor whose first dimension is the rows of a batch. */
export function batchTensor(name: string, elemType: number, ...dims: number[]) {
  const dim = [{ dimParam: 'rows' }, ...dims.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
