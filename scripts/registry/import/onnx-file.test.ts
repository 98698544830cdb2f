import { createSession } from '@coppice/models/model/create-session';
import { foreignModel } from '@coppice/testkit/foreign-model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editOnnx, readOnnx } from './onnx-file.ts';
import { ownLabels } from './own-labels.ts';
import { BrokenMessageError, bytesField, wireFields } from './wire-fields.ts';

describe('the fields of a message', () => {
  it('are all of its bytes, one behind the other', () => {
    const model = foreignModel({ zipMap: true, labels: ['a', 'b'], external: true });
    const fields = [...wireFields(model)];
    expect(fields.length).toBeGreaterThan(3);
    expect(Buffer.concat(fields.map(({ raw }) => raw))).toEqual(Buffer.from(model));
  });

  it('can be written and read again, whatever their length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 28 }), fc.uint8Array({ maxLength: 300 }), (number, bytes) => {
        const [field, ...others] = wireFields(bytesField(number, bytes));
        expect([field?.number, Buffer.from(field?.bytes ?? []), others]).toEqual([number, Buffer.from(bytes), []]);
      }),
    );
  });

  it('are all of any bytes, or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(Buffer.concat([...wireFields(bytes)].map(({ raw }) => raw))).toEqual(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(BrokenMessageError);
        }
      }),
    );
  });
});

describe('an ONNX file', () => {
  it('says its converter, operators, outputs, classes and tensors in other files', () => {
    const file = readOnnx(foreignModel({ zipMap: true, labels: ['a', 'b'], external: true }));
    expect(file).toMatchObject({ producer: 'elsewhere', producerVersion: '1', external: ['far'] });
    expect(file.nodes.map(({ op }) => op)).toEqual(['Cast', 'ArgMax', 'LabelEncoder', 'Softmax', 'ZipMap']);
    expect(file.outputs).toEqual(['label', 'probabilities']);
    expect(ownLabels(file, 2)).toEqual(['a', 'b']);
    expect(ownLabels(file, 3)).toBeNull();
    expect(ownLabels(readOnnx(foreignModel({ zipMap: true, labels: [7, -1] })), 2)).toEqual(['7', '-1']);
    expect(ownLabels(readOnnx(foreignModel()), 2)).toBeNull();
  });

  it('loses outputs and gets nodes, and answers as before', async () => {
    const edited = editOnnx(
      foreignModel({ extra: true }),
      { outputs: ['rounded', 'label'] },
      { node: [{ opType: 'Identity', input: ['label'], output: ['same'] }], output: [{ name: 'same' }] },
    );
    const session = await createSession(edited);
    expect(session.outputNames).toEqual(['probabilities', 'same']);
    await session.release();
  });
});
