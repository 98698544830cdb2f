import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeInferResponse } from './encode-infer-response.ts';

describe('encodeInferResponse', () => {
  it('returns every tensor and the id, whichever outputs are binary', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 }),
        fc.string({ unit: 'grapheme' }),
        fc.boolean(),
        fc.boolean(),
        (labels, id, binaryLabel, binaryShare) => {
          const shares = Float64Array.from(labels, (label) => label / 7);
          const { body, headerLength } = encodeInferResponse({
            modelName: 'iris',
            modelVersion: 'v1',
            id,
            outputs: [
              {
                tensor: {
                  name: 'label',
                  datatype: 'INT64',
                  shape: [labels.length],
                  data: BigInt64Array.from(labels, BigInt),
                },
                binary: binaryLabel,
              },
              {
                tensor: { name: 'share', datatype: 'FP64', shape: [labels.length, 1], data: shares },
                binary: binaryShare,
              },
            ],
          });
          const bytes = Buffer.from(body);
          expect(headerLength === undefined).toBe(!binaryLabel && !binaryShare);
          const answer = JSON.parse(bytes.subarray(0, headerLength).toString());
          expect(answer).toMatchObject({ model_name: 'iris', model_version: 'v1', id });
          let at = headerLength ?? bytes.length;
          const read = ({ datatype, data, parameters }: (typeof answer.outputs)[number]): number[] => {
            if (data) return data;
            const size = parameters.binary_data_size / 8;
            const values = Array.from({ length: size }, (_, index) =>
              datatype === 'INT64' ? Number(bytes.readBigInt64LE(at + 8 * index)) : bytes.readDoubleLE(at + 8 * index),
            );
            at += parameters.binary_data_size;
            return values;
          };
          expect(answer.outputs.map(read)).toEqual([labels, [...shares]]);
          expect(at).toBe(bytes.length);
        },
      ),
      { seed: 5 },
    );
  });

  it('leaves the id out when there was none', () => {
    const { body } = encodeInferResponse({ modelName: 'iris', modelVersion: 'v1', id: undefined, outputs: [] });
    expect(body).toBe('{"model_name":"iris","model_version":"v1","outputs":[]}');
  });
});
