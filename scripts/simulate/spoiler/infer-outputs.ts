import { type Datatype, isDatatype, numericArrays } from '@coppice/serverkit/open-inference';

type Header = {
  name: string;
  datatype: string;
  shape: number[];
  data?: unknown[];
  parameters?: Record<string, unknown> & { binary_data_size?: number };
};

/** An output tensor, flat, with what it takes to write it again as it came. */
export type Output = { header: Header; values: (number | bigint | string)[]; binary: boolean };
export type InferAnswer = { rest: object; outputs: Output[] };

/** Reads an infer answer, JSON or with binary tensors. Throws when it is none. */
export function readOutputs(body: Buffer, headerLength: number | undefined): InferAnswer {
  const { outputs, ...rest } = JSON.parse(body.toString('utf8', 0, headerLength ?? body.length));
  let at = headerLength ?? body.length;
  return {
    rest,
    outputs: (outputs as Header[]).map((header) => {
      const size = header.parameters?.binary_data_size;
      if (size === undefined) return { header, values: (header.data ?? []).flat(8) as number[], binary: false };
      const tail = body.subarray(at, at + size);
      at += size;
      return { header, values: fromBytes(tail, header.datatype), binary: true };
    }),
  };
}

/** The answer as a body again, and the length of its JSON when binary tensors follow. */
export function writeOutputs({ rest, outputs }: InferAnswer): { body: Buffer; headerLength: number | undefined } {
  const tails = outputs.filter(({ binary }) => binary).map(({ header, values }) => toBytes(values, header.datatype));
  let tail = 0;
  const headers = outputs.map(({ header, values, binary }) =>
    binary
      ? { ...header, parameters: { ...header.parameters, binary_data_size: (tails[tail++] as Buffer).length } }
      : { ...header, data: nested(values, header) },
  );
  const json = Buffer.from(JSON.stringify({ ...rest, outputs: headers }));
  return { body: Buffer.concat([json, ...tails]), headerLength: tails.length > 0 ? json.length : undefined };
}

/** Rows again, if they came as rows. */
function nested(values: Output['values'], { data = [], shape }: Header): unknown[] {
  if (!Array.isArray(data[0])) return values;
  const width = values.length / (shape[0] ?? 1);
  return Array.from({ length: shape[0] ?? 0 }, (_, row) => values.slice(row * width, (row + 1) * width));
}

function fromBytes(tail: Buffer, datatype: string): Output['values'] {
  if (isDatatype(datatype)) return [...new numericArrays[datatype](Uint8Array.from(tail).buffer)];
  const texts: string[] = [];
  for (let at = 0; at < tail.length; ) {
    const end = at + 4 + tail.readUInt32LE(at);
    texts.push(tail.toString('utf8', at + 4, end));
    at = end;
  }
  return texts;
}

function toBytes(values: Output['values'], datatype: string): Buffer {
  if (isDatatype(datatype)) {
    const Cells = numericArrays[datatype as Datatype] as unknown as { from(values: unknown[]): Uint8Array };
    return Buffer.from(Cells.from(values).buffer);
  }
  return Buffer.concat(
    values.map((value) => {
      const text = Buffer.from(String(value));
      const size = Buffer.alloc(4);
      size.writeUInt32LE(text.length);
      return Buffer.concat([size, text]);
    }),
  );
}
