import type { FeatureValue, ModelCard } from '@coppice/contract';
import type { RowSchema } from '@coppice/serverkit';
import type { Datatype, OutputTensor, TensorSpec } from '@coppice/serverkit/open-inference';

export type { OutputTensor, TensorSpec };
export type InputSpec = TensorSpec<Datatype | 'BYTES'>;

/** A loaded version. */
export type Model = {
  card: ModelCard;
  /** What a row is, by its card. */
  schema: RowSchema;
  /** One `[-1, F]` of numbers, or one `[-1, 1]` or `[-1]` for each feature. */
  inputs: InputSpec[];
  outputs: TensorSpec[];
  /** Which outputs hold the class index `[-1]` and the vote share of each class `[-1, C]`. */
  labelName: string;
  probabilityName: string;
  /**
   * Runs `rows × F` values of the schema, row-major, and returns the named outputs, in that order. Finite numbers are best a
   * `Float64Array`. Throws an `InferRequestError` for a value that the model has no form for, `PredictionFault` for answers that are none.
   */
  infer(
    features: Float64Array | readonly FeatureValue[],
    rows: number,
    outputs: readonly string[],
  ): Promise<OutputTensor[]>;
};
