import { reference } from '@coppice/contract';
import { z } from 'zod';

const tensor = z
  .looseObject({
    name: z.string(),
    shape: z.array(z.int()),
    datatype: z.string().describe('Such as FP64, INT64 or BYTES.'),
    parameters: z.looseObject({ binary_data_size: z.int().optional() }).optional(),
    data: z.array(z.unknown()).optional().describe('Flat, or nested by shape; absent if binary.'),
  })
  .describe('A tensor.');

/** Bodies of the Open Inference Protocol, as clients of the gateway see them. */
export const inferenceSchemas = {
  InferTensor: tensor,
  InferRequest: z.looseObject({
    id: z.string().optional(),
    parameters: z
      .looseObject({ reference: reference.optional().describe("The client's own key, kept with each row.") })
      .optional(),
    inputs: z.array(tensor),
    outputs: z.array(z.looseObject({ name: z.string() })).optional(),
  }),
  InferAnswer: z.looseObject({
    model_name: z.string(),
    model_version: z.string().describe('The version that answered.'),
    id: z.string().optional().describe('Echoed.'),
    parameters: z
      .looseObject({
        prediction_id: z.string().optional().describe('Id of each row in the record, separated by commas.'),
      })
      .optional(),
    outputs: z.array(tensor),
  }),
  InferenceHealth: z.object({ live: z.boolean(), ready: z.boolean() }),
  InferenceError: z.object({ error: z.string() }),
};
