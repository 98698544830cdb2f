import { MAX_BATCH_ROWS } from '@coppice/contract';
import { numbersNamed } from '@coppice/serverkit';
import { InferReader, type InferRequest } from '@coppice/serverkit/open-inference';
import type { TrafficSplit } from '../traffic/traffic-split.ts';
import type { ModelCatalog } from '../versions/model-catalog.ts';
import type { Version } from '../versions/version.ts';

export type WantedOutput = { name: string; binary: boolean; kind: 'label' | 'probability' };

type Fleet = { catalog: Pick<ModelCatalog, 'require'>; traffic: TrafficSplit<Version> };
type Names = Record<WantedOutput['kind'], Set<string>>;

/**
 * Reads infer requests to all versions at once: any name will do for the input, and an output may have the name that any
 * version gives it.
 */
export class FleetTensors {
  readonly #fleet: Fleet;
  /** What the reader was made of: it is made anew when that changes. */
  #parts: unknown[] = [];
  #reader = new InferReader({ rows: numbersNamed([]), input: null, outputs: [], maxRows: 0 });
  #labels = new Set<string>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** Throws `NoModelError` while no version is ready, and `InferRequestError`. */
  read(body: Buffer, headerLength: string | undefined): InferRequest & { outputs: WantedOutput[] } {
    this.#renew();
    const request = this.#reader.read(body, headerLength);
    return {
      ...request,
      outputs: request.outputs.map(({ name, binary }) => ({
        ...{ name, binary },
        kind: this.#labels.has(name) ? 'label' : 'probability',
      })),
    };
  }

  #renew(): void {
    const { catalog, traffic } = this.#fleet;
    const shape = catalog.require();
    const versions = traffic.versions.map((name) => traffic.find(name)?.outputs ?? null);
    const parts = [shape, ...versions];
    if (parts.length === this.#parts.length && parts.every((part, i) => part === this.#parts[i])) return;
    this.#parts = parts;
    const names: Names = { label: new Set(['label']), probability: new Set(['probability']) };
    for (const outputs of versions) {
      if (outputs?.label) names.label.add(outputs.label);
      if (outputs?.probability) names.probability.add(outputs.probability);
    }
    this.#labels = names.label;
    this.#reader = new InferReader({
      rows: shape.schema,
      input: null,
      columns: true,
      outputs: ['label', 'probability'],
      moreOutputs: [...names.label, ...names.probability].filter((name) => name !== 'label' && name !== 'probability'),
      maxRows: MAX_BATCH_ROWS,
    });
  }
}
