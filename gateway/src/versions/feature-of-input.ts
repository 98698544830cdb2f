type Named = { name: string; header?: string | undefined };

const SUFFIX = ' (feature)';

/**
 * The feature that an input tensor is named after: by its name, its whole CSV header, or `<name> (feature)`, which a
 * column gets that is called as an output is.
 */
export function featureOfInput<F extends Named>(input: string, features: readonly F[]): F | undefined {
  return (
    features.find(({ name }) => name === input) ??
    features.find(({ header }) => header === input) ??
    (input.endsWith(SUFFIX) ? features.find(({ name }) => name === input.slice(0, -SUFFIX.length)) : undefined)
  );
}

/** The name of a feature that only its input is known of. */
export function featureName(input: string): string {
  return input.endsWith(SUFFIX) ? input.slice(0, -SUFFIX.length) : input;
}
