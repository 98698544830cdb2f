import { encodeModel } from '@coppice/trainer/onnx/schema';
import { BrokenMessageError, bytesField, packedIntegers, type WireField, wireFields } from './wire-fields.ts';

/** Field numbers of onnx.proto, see trainer/src/onnx/schema.ts. */
const MODEL = { producer: 2, producerVersion: 3, graph: 7, opset: 8 } as const;
const GRAPH = { node: 1, initializer: 5, output: 12 } as const;
const NODE = { input: 1, output: 2, op: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, ints: 8, strings: 9 } as const;
const TENSOR = { name: 8, externalData: 13, location: 14 } as const;
const EXTERNAL = 1n;
const CLASS_LABELS = /^classlabels_(strings|int64s|ints)$/;
/** `ModelProto.opset_import`: domain, where the empty text is the standard operators. */
const OPSET = { domain: 1 } as const;
/** For files without standard operators: it has all that an addition needs. */
const standardOpset = { domain: '', version: 11 };

export type OnnxNode = {
  op: string;
  inputs: string[];
  outputs: string[];
  /** The classes that a classifier of ai.onnx.ml, or ZipMap, has in its attributes; null of other nodes. */
  classLabels: string[] | null;
};
export type OnnxFile = {
  /** The converter and its version; '' where the file has none. */
  producer: string;
  producerVersion: string;
  nodes: OnnxNode[];
  outputs: string[];
  /** Names of tensors whose numbers lie in another file. */
  external: string[];
};

/** What a file says about itself, as far as an import needs it. Throws `BrokenMessageError` for bytes that are none. */
export function readOnnx(onnx: Uint8Array): OnnxFile {
  const model = [...wireFields(onnx)];
  const graph = [...wireFields(graphOf(model))];
  const nodes = graph.filter(({ number }) => number === GRAPH.node).map(({ bytes }) => readNode(bytes));
  if (nodes.length === 0) throw new BrokenMessageError('it has no graph');
  const tensors = graph.filter(({ number }) => number === GRAPH.initializer).map(({ bytes }) => [...wireFields(bytes)]);
  return {
    producer: textOf(model, MODEL.producer),
    producerVersion: textOf(model, MODEL.producerVersion),
    nodes,
    outputs: graph
      .filter(({ number }) => number === GRAPH.output)
      .map(({ bytes }) => textOf([...wireFields(bytes)], 1)),
    external: tensors.filter(isExternal).map((tensor) => textOf(tensor, TENSOR.name)),
  };
}

/** Nodes, constants and outputs to add, as `encodeModel` takes them. */
export type Addition = { node?: object[]; initializer?: object[]; output?: object[] };

/**
 * The file without the nodes and outputs that produce what `drops` names, and with an addition at its end. All else keeps its
 * bytes: serialized messages that stand one behind the other are one.
 */
export function editOnnx(
  onnx: Uint8Array,
  drops: { nodes?: readonly string[]; outputs?: readonly string[] },
  addition: Addition,
): Uint8Array {
  const model = [...wireFields(onnx)];
  const graph = [...wireFields(graphOf(model))].filter(({ number, bytes }) => {
    if (number === GRAPH.node) return !readNode(bytes).outputs.some((name) => drops.nodes?.includes(name));
    return number !== GRAPH.output || !drops.outputs?.includes(textOf([...wireFields(bytes)], 1));
  });
  const domains = model
    .filter(({ number }) => number === MODEL.opset)
    .map(({ bytes }) => textOf([...wireFields(bytes)], OPSET.domain));
  const opsetImport = domains.some((domain) => domain === '' || domain === 'ai.onnx') ? [] : [standardOpset];
  return Buffer.concat([
    ...model.filter(({ number }) => number !== MODEL.graph).map(({ raw }) => raw),
    bytesField(MODEL.graph, Buffer.concat(graph.map(({ raw }) => raw))),
    encodeModel({ opsetImport, graph: addition }),
  ]);
}

const graphOf = (model: readonly WireField[]) =>
  Buffer.concat(model.filter(({ number }) => number === MODEL.graph).map(({ bytes }) => bytes));

function readNode(bytes: Uint8Array): OnnxNode {
  const fields = [...wireFields(bytes)];
  const attributes = fields.filter(({ number }) => number === NODE.attribute);
  return {
    op: textOf(fields, NODE.op),
    inputs: textsOf(fields, NODE.input),
    outputs: textsOf(fields, NODE.output),
    classLabels: attributes.map(({ bytes }) => readClassLabels(bytes)).find((labels) => labels.length > 0) ?? null,
  };
}

/** Stops at the name of any other attribute: a forest's may have millions of numbers. */
function readClassLabels(attribute: Uint8Array): string[] {
  const labels: string[] = [];
  for (const { number, bytes, integer } of wireFields(attribute)) {
    if (number === ATTRIBUTE.name && !CLASS_LABELS.test(String(Buffer.from(bytes)))) return [];
    if (number === ATTRIBUTE.strings) labels.push(String(Buffer.from(bytes)));
    if (number === ATTRIBUTE.ints) labels.push(...(bytes.length > 0 ? packedIntegers(bytes) : [integer]).map(String));
  }
  return labels;
}

const isExternal = (tensor: readonly WireField[]) =>
  tensor.some(
    ({ number, integer }) => number === TENSOR.externalData || (number === TENSOR.location && integer === EXTERNAL),
  );

const textsOf = (fields: readonly WireField[], wanted: number) =>
  fields.filter(({ number }) => number === wanted).map(({ bytes }) => Buffer.from(bytes).toString('utf8'));
const textOf = (fields: readonly WireField[], wanted: number) => textsOf(fields, wanted).at(-1) ?? '';
