/** What to do where ONNX Runtime or the model server cannot take a file, by what they say. */
const remedies: readonly (readonly [said: RegExp, remedy: string])[] = [
  [/opset|IR.?version|only \*guarantees\* support/i, 'convert it for an older version (skl2onnx: target_opset=17)'],
  [
    /Could not find an implementation|not implemented/i,
    'convert it with FloatTensorType in place of DoubleTensorType, or without that operator',
  ],
  [
    /is not a registered function|No Op registered|Unrecognized|domain/i,
    'convert it with operators of ONNX alone, without custom ones',
  ],
  [/external/i, 'save it as one file (save_as_external_data=False)'],
  [/must be FP64 or FP32 \[-1/, 'convert it with FloatTensorType([None, F])'],
];

/** The message with the remedy, where it has none yet. */
export function loadRemedy(message: string): string {
  const found = remedies.find(([said]) => said.test(message));
  return found ? `${message.replace(/[.:]?\s*$/, '')}: ${found[1]}` : message;
}
