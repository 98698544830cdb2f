import type { ModelShape } from '../versions/model-catalog.ts';

type Metadata = { name: string; versions: readonly string[] };

/**
 * Metadata of the model as the gateway takes it: an input for each feature of the fleet, BYTES for a category and FP64 for
 * all else. Null while all features are numbers that every version has: then a version's own metadata is as good.
 */
export function fleetMetadata({ name, versions }: Metadata, { schema, classes }: ModelShape) {
  if (schema.numeric) return null;
  return {
    name,
    versions,
    platform: 'coppice_gateway',
    inputs: schema.specs.map((spec) => ({
      ...{ name: spec.name, datatype: spec.kind === 'category' ? 'BYTES' : 'FP64', shape: [-1, 1] },
    })),
    outputs: [
      { name: 'label', datatype: 'INT64', shape: [-1] },
      { name: 'probability', datatype: 'FP64', shape: [-1, classes.length] },
    ],
  };
}
