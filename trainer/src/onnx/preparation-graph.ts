import { outputsOf, type Preparation, type Step } from '../prepare/preparation.ts';
import { GraphBuilder } from './graph-builder.ts';
import { batchTensor, dataType, intAttribute, intsAttribute, stringsAttribute } from './schema.ts';

/** Outputs of every model: no input may be called that. */
const taken = ['label', 'probability'];

type Graph = { input: object[]; node: object[]; initializer: object[]; output: string; own(name: string): string };

/**
 * The nodes that make of raw columns what `prepareRow` makes of raw values: `output` FP64 [rows, F]. One input for each
 * column: text [rows, 1] for a category (the empty text is missing), else FP64 [rows, 1] (NaN is missing; a date in days).
 * `own` makes a name that no input has.
 */
export function preparationGraph({ steps }: Preparation): Graph {
  const inputs = steps.map(inputName);
  const graph = new GraphBuilder(inputs);
  const parts = steps.flatMap((step, i) => partsOf(step, inputs[i] as string, graph));
  const output = graph.add('Concat', parts, [intAttribute('axis', 1)]);
  const input = steps.map(({ kind }, i) =>
    batchTensor(inputs[i] as string, kind === 'category' ? dataType.string : dataType.double, 1),
  );
  return { input, node: graph.node, initializer: graph.initializer, output, own: (name) => `${graph.prefix}${name}` };
}

/** The name of a column's input: its own, unless an output has it. */
export function inputName({ column }: Pick<Step, 'column'>): string {
  return taken.includes(column) ? `${column} (feature)` : column;
}

function partsOf(step: Step, input: string, graph: GraphBuilder): string[] {
  if (step.kind === 'category') return categoryParts(step, input, graph);
  const gap = graph.add('IsNaN', [input]);
  const value = graph.add('Where', [gap, graph.double(step.fill), input]);
  const missing = step.missing ? [toDouble(graph, gap)] : [];
  return step.kind === 'date' ? [value, ...calendarParts(value, graph), ...missing] : [value, ...missing];
}

/** The place of the word among the outputs, −1 for none, compared with each place. */
function categoryParts(step: Extract<Step, { kind: 'category' }>, input: string, graph: GraphBuilder): string[] {
  const width = outputsOf(step).length;
  if (width === 0) return [];
  const keys = [...step.words, ''];
  const places = [...step.words.keys(), step.missing ? width - 1 : -1];
  const attributes = [
    stringsAttribute('keys_strings', keys),
    intsAttribute('values_int64s', places),
    intAttribute('default_int64', step.other ? step.words.length : -1),
  ];
  const place = graph.add('LabelEncoder', [input], attributes, 'ai.onnx.ml');
  return [toDouble(graph, graph.add('Equal', [place, graph.range(width)]))];
}

/** Month and weekday, step by step as in `monthOf` and `weekdayOf`. */
function calendarParts(value: string, graph: GraphBuilder): [month: string, weekday: string] {
  const plus = (a: string, number: number) => graph.add('Add', [a, graph.double(number)]);
  const times = (a: string, number: number) => graph.add('Mul', [a, graph.double(number)]);
  const wholes = (a: string, number: number) => graph.add('Floor', [graph.add('Div', [a, graph.double(number)])]);
  const minus = (a: string, b: string) => graph.add('Sub', [a, b]);
  const sum = (a: string, b: string) => graph.add('Add', [a, b]);
  const rest = (a: string, number: number) => minus(a, times(wholes(a, number), number));

  const day = graph.add('Floor', [value]);
  const dayOfEra = rest(plus(day, 719_468), 146_097);
  const leaps = minus(
    sum(minus(dayOfEra, wholes(dayOfEra, 1460)), wholes(dayOfEra, 36_524)),
    wholes(dayOfEra, 146_096),
  );
  const year = wholes(leaps, 365);
  const dayOfYear = minus(dayOfEra, minus(sum(times(year, 365), wholes(year, 4)), wholes(year, 100)));
  const fromMarch = wholes(plus(times(dayOfYear, 5), 2), 153);
  const isThisYear = graph.add('Less', [fromMarch, graph.double(10)]);
  const month = graph.add('Where', [isThisYear, plus(fromMarch, 3), plus(fromMarch, -9)]);
  return [month, plus(rest(plus(day, 3), 7), 1)];
}

const toDouble = (graph: GraphBuilder, input: string) =>
  graph.add('Cast', [input], [intAttribute('to', dataType.double)]);
