import type { FeatureValue } from '@coppice/contract';
import type { bindInputs } from '@coppice/models/model/bind-inputs';
import { type createSession, oneLine } from '@coppice/models/model/create-session';
import { feedInputs } from '@coppice/models/model/feed-inputs';
import type { FeatureSpec } from '@coppice/serverkit';
import { ImportRefusedError } from './import-refused.ts';

type Session = Awaited<ReturnType<typeof createSession>>;
/** One output over all rows. */
export type RawOutput = { name: string; type: string; dims: readonly number[]; data: ArrayLike<unknown> };

/** Rows at a time, as a client may send them. */
const BATCH = 1024;

/**
 * What an ONNX file answers to rows of a sample, whatever its outputs are. Throws `ImportRefusedError` where it does not run or
 * answers something else than a line for each row.
 */
export async function rawAnswers(
  session: Session,
  bindings: ReturnType<typeof bindInputs>['bindings'],
  specs: readonly FeatureSpec[],
  rows: readonly (readonly FeatureValue[])[],
): Promise<RawOutput[]> {
  const names = session.outputMetadata.map(({ name }) => name);
  const outputs = new Map<string, { type: string; dims: readonly number[]; data: unknown[] }>();
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH);
    const results = await ran(() => session.run(feedInputs(bindings, specs, batch.flat(), batch.length)));
    for (const name of names) {
      const { type, dims, data } = results[name] as { type: string; dims: readonly number[]; data: Iterable<unknown> };
      if (dims[0] !== batch.length)
        throw new ImportRefusedError(
          `the model’s output ${name} is [${dims}] for ${batch.length} rows: convert it with a first dimension of any size ([None, F])`,
        );
      const output = outputs.getOrInsertComputed(name, () => ({ type, dims, data: [] }));
      for (const value of data) output.data.push(value);
    }
  }
  return [...outputs].map(([name, { type, dims, data }]) => ({
    ...{ name, type, data },
    dims: [rows.length, ...dims.slice(1)],
  }));
}

async function ran<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const why = oneLine(cause);
    // the model server's own words for a gap or a fraction where an INT64 or BOOL input takes none
    const remedy = /this model takes/.test(why)
      ? 'convert that column with FloatTensorType and impute it in the pipeline, or give a sample without'
      : 'encode unknown words (handle_unknown="ignore") and impute gaps in the pipeline';
    throw new ImportRefusedError(`the model does not run on the sample: ${why}: ${remedy}`, { cause });
  }
}
