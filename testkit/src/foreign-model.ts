import {
  batchTensor,
  dataType,
  encodeModel,
  intAttribute,
  intsAttribute,
  stringsAttribute,
} from '@coppice/trainer/onnx/schema';

const FLOAT = 1;

type Foreign = {
  /** How many numbers, and classes. */
  width?: number;
  /** Types of one input for each number, under these names; without it all have the one input `X`. */
  columns?: Record<string, number>;
  /** `TensorProto.DataType` of the one input. */
  elemType?: number;
  /** What it answers for each class; null: no labels. */
  labels?: readonly number[] | readonly string[] | null;
  /** `Identity` answers the numbers themselves, `One` one number for each row, `None` nothing. */
  scores?: 'Softmax' | 'Identity' | 'One' | 'None';
  /** `ArgMin` answers the class of the smallest number. */
  label?: 'ArgMax' | 'ArgMin';
  /** As skl2onnx leaves it in. */
  zipMap?: boolean;
  /** An output that no server knows. */
  extra?: boolean;
  /** An operator in place of Softmax, and the version of the operators. */
  operator?: string;
  opset?: number;
  /** Keeps the numbers of a tensor in another file. */
  external?: boolean;
};

/** An ONNX classifier as other tools write it: the class is the largest of its numbers, the probabilities their softmax. */
export function foreignModel(foreign: Foreign = {}): Uint8Array {
  const { width = 2, columns, elemType = FLOAT, labels = [...Array(width).keys()], extra = false } = foreign;
  const { opset = 17, external = false } = foreign;
  const scored = scoresOf(foreign, width);
  return encodeModel({
    irVersion: 8,
    producerName: 'elsewhere',
    producerVersion: '1',
    opsetImport: [
      { domain: '', version: opset },
      { domain: 'ai.onnx.ml', version: 2 },
    ],
    graph: {
      name: 'larger',
      node: [...inputNodes(foreign), ...labelNodes(labels, foreign), ...scored.node, ...(extra ? [extraNode] : [])],
      initializer: external ? [{ name: 'far', dims: [1], dataType: dataType.double, dataLocation: 1 }] : [],
      input: columns
        ? Object.entries(columns).map(([name, type]) => batchTensor(name, type, 1))
        : [batchTensor('X', elemType, width)],
      output: [
        ...(labels === null ? [] : [batchTensor('label', isText(labels) ? dataType.string : dataType.int64)]),
        ...scored.output,
        ...(extra ? [batchTensor('rounded', dataType.int64, width)] : []),
      ],
    },
  });
}

const isText = (labels: readonly unknown[]): labels is readonly string[] => typeof labels[0] === 'string';
const to = (type: number) => [intAttribute('to', type)];
const extraNode = { opType: 'Cast', input: ['numbers'], output: ['rounded'], attribute: to(dataType.int64) };

function inputNodes({ columns }: Foreign): object[] {
  if (!columns) return [{ opType: 'Cast', input: ['X'], output: ['numbers'], attribute: to(FLOAT) }];
  const names = Object.keys(columns);
  const axis = intAttribute('axis', 1);
  return [
    ...names.map((name) => ({ opType: 'Cast', input: [name], output: [`${name} as float`], attribute: to(FLOAT) })),
    { opType: 'Concat', input: names.map((name) => `${name} as float`), output: ['numbers'], attribute: [axis] },
  ];
}

function labelNodes(labels: readonly number[] | readonly string[] | null, { label = 'ArgMax' }: Foreign): object[] {
  if (labels === null) return [];
  const keys = intsAttribute('keys_int64s', [...labels.keys()]);
  const values = isText(labels)
    ? stringsAttribute('values_strings', [...labels])
    : intsAttribute('values_int64s', [...labels] as number[]);
  return [
    {
      opType: label,
      input: ['numbers'],
      output: ['index'],
      attribute: [intAttribute('axis', 1), intAttribute('keepdims', 0)],
    },
    { opType: 'LabelEncoder', domain: 'ai.onnx.ml', input: ['index'], output: ['label'], attribute: [keys, values] },
  ];
}

function scoresOf({ scores = 'Softmax', zipMap = false, operator = 'Softmax', labels }: Foreign, width: number) {
  if (scores === 'None') return { node: [], output: [] };
  if (scores === 'One') {
    const attribute = [intAttribute('axis', 1)];
    return {
      node: [
        { opType: 'ArgMax', input: ['numbers'], output: ['place'], attribute },
        { opType: 'Cast', input: ['place'], output: ['variable'], attribute: to(FLOAT) },
      ],
      output: [batchTensor('variable', FLOAT, 1)],
    };
  }
  const share = zipMap ? 'shares' : 'probabilities';
  const node = { opType: scores === 'Identity' ? 'Identity' : operator, input: ['numbers'], output: [share] };
  const names = labels ?? [];
  const attribute = isText(names)
    ? stringsAttribute('classlabels_strings', [...names])
    : intsAttribute('classlabels_int64s', [...(names as number[])]);
  const zip = { opType: 'ZipMap', domain: 'ai.onnx.ml', input: [share], output: ['probabilities'] };
  return {
    node: zipMap ? [node, { ...zip, attribute: [attribute] }] : [node],
    output: zipMap ? [{ name: 'probabilities' }] : [batchTensor('probabilities', FLOAT, width)],
  };
}

/** A CSV file for such a model: numbers `x0`, `x1`, …, a column `extra` that is the same in all rows; `y` is the class of the largest. */
export function foreignSample(classes: readonly string[], { rows = 30, extra = '' } = {}): string {
  const columns = classes.map((_, i) => `x${i}`);
  const lines = Array.from({ length: rows }, (_, row) => {
    const numbers = classes.map((_, i) => (i === row % classes.length ? 3 + (row % 5) / 4 : ((row * 7 + i) % 8) / 4));
    return [...numbers, ...(extra === '' ? [] : [extra]), classes[row % classes.length]].join(',');
  });
  return [[...columns, ...(extra === '' ? [] : ['extra']), 'y'].join(','), ...lines].join('\n');
}
