import type { OutputTensor } from './tensor.ts';

type Answer = {
  modelName: string;
  modelVersion: string;
  id: string | undefined;
  parameters?: Record<string, string>;
  outputs: { tensor: OutputTensor; binary: boolean }[];
};

/**
 * Body of an infer answer: JSON, or, when an output is requested in binary, JSON followed by the raw tails in output
 * order; then `headerLength` is the length of the JSON in bytes.
 */
export function encodeInferResponse(answer: Answer): { body: string | Buffer; headerLength: number | undefined } {
  const json = JSON.stringify({
    model_name: answer.modelName,
    model_version: answer.modelVersion,
    id: answer.id,
    parameters: answer.parameters,
    outputs: answer.outputs.map(describe),
  });
  const tails = answer.outputs.filter(({ binary }) => binary).map(({ tensor }) => rawBytes(tensor));
  if (tails.length === 0) return { body: json, headerLength: undefined };
  const head = Buffer.from(json);
  return { body: Buffer.concat([head, ...tails]), headerLength: head.length };
}

function describe({ tensor: { name, datatype, shape, data }, binary }: Answer['outputs'][number]) {
  return binary
    ? { name, datatype, shape, parameters: { binary_data_size: data.byteLength } }
    : { name, datatype, shape, data: numbersOf(data) };
}

function numbersOf(data: OutputTensor['data']): number[] {
  const numbers: number[] = new Array(data.length);
  for (let i = 0; i < data.length; i++) numbers[i] = Number(data[i]);
  return numbers;
}

const rawBytes = ({ data }: OutputTensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
