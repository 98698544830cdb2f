import { hash } from 'node:crypto';
import type { ModelCard } from '@coppice/contract';
import type { RowSchema } from '@coppice/serverkit';
import { rowSchema, specOf } from '@coppice/serverkit';
import { CardReader, releaseIn } from './card-reader.ts';
import { ClassOrder } from './class-order.ts';
import { ColumnMap, type FleetView } from './column-map.ts';
import { answerLimit, decodeInfer } from './decode-infer.ts';
import { encodeInfer } from './encode-infer.ts';
import type { LookConnection } from './look-connection.ts';
import type { Identity, Protocol, Wire } from './protocol.ts';
import { describeRefusal, parseJson, saidBy } from './refusal.ts';
import { announcedFeatures, type Known, readSignature, type Signature } from './signature.ts';

const METADATA_BYTES = 256 * 1024;
const READY_BYTES = 16 * 1024;

/** The Open Inference Protocol, which Triton, MLServer, KServe and Coppice's own model server speak. */
export function openInference(
  upstream: Pick<LookConnection, 'get'>,
  { modelName, now, fleet }: { modelName: string; now: () => number; fleet: FleetView },
): Protocol {
  const model = `/v2/models/${encodeURIComponent(modelName)}`;
  const cards = new CardReader(upstream, now);

  return {
    async probe() {
      const answer = await upstream.get(`${model}/ready`, READY_BYTES);
      const release = releaseIn(answer.headers);
      if (answer.status === 200 && (parseJson(answer.body) as { ready?: boolean } | null)?.ready !== false)
        return { reason: null, release };
      return { reason: saidBy(answer) ?? `its server answered ${answer.status} to the readiness check`, release };
    },

    async identify(known): Promise<Identity> {
      const [server, metadata] = await Promise.all([
        upstream.get('/v2', METADATA_BYTES),
        upstream.get(model, METADATA_BYTES),
      ]);
      if (metadata.status !== 200)
        throw new Error(`its server has no model ${modelName}: ${describeRefusal(metadata)} to ${model}`);
      const description = (parseJson(metadata.body) ?? {}) as object;
      const announced = announcedFeatures(description);
      const { card, digest, release } = await cards.read(announced ?? known?.features ?? 0);
      const signature = readSignature(
        (parseJson(server.body) ?? {}) as object,
        description,
        card ? knownFrom(card) : known,
      );
      const seen = card ? viewOf(card, fleet) : fleet;
      return {
        features: signature.features,
        classes: signature.classes,
        card,
        release,
        ...(card ? {} : servedColumns(signature)),
        wires: signatures(signature).map((one) => openInferenceWire(`${model}/infer`, one, seen, release)),
        outputs: { label: signature.label, probability: signature.probability },
        // not all that the server says of itself: pods of one release may run on two images for a while
        key: hash('sha256', `${signature.binary}\n${metadata.body}\n${digest}\n${release}`),
      };
    },
  };
}

/** A server that announces no outputs may have probabilities on request, or refuse the request for them (MLServer). */
function signatures(signature: Signature): Signature[] {
  return signature.ask.length > 0 ? [signature] : [{ ...signature, ask: ['predict', 'predict_proba'] }, signature];
}

/** `fleet`: where the version's columns and classes are among those of all. */
export function openInferenceWire(
  path: string,
  signature: Signature,
  fleet: FleetView,
  release: string | null = null,
): Wire {
  const columns = new ColumnMap(fleet);
  const order = new ClassOrder(signature.classNames ?? [], fleet.classes);
  return {
    path,
    ...{ release, takes: takenBy(signature, fleet.own()) },
    encode: (jobs, rows) => encodeInfer(jobs, rows, signature, columns),
    decode: ({ headers, body }, rows) => {
      const length = headers['inference-header-content-length'] as string | undefined;
      const answer = order.apply(decodeInfer(body, length, rows, signature));
      answer.release = releaseIn(headers);
      return answer;
    },
    answerLimit: (rows) => answerLimit(rows, signature),
  };
}

/** A model with a card has its own columns, whatever the catalog makes of it. */
function viewOf(card: ModelCard, fleet: FleetView): FleetView {
  const own = rowSchema(card.features.map(specOf));
  return { ...fleet, own: () => own };
}

/** Of what a request is made: its tensors, the outputs that it asks for, and the columns with their kinds. */
function takenBy({ inputs, ask, binary, features, classes }: Signature, own: RowSchema | null): string {
  const columns = own?.specs.map(({ name, kind, nullable }) => ({ name, kind, nullable })) ?? null;
  return JSON.stringify({ inputs, ask, binary, features, classes, columns });
}

function servedColumns({ inputs }: Signature): Pick<Identity, 'columns'> {
  if (inputs.some(({ column }) => column === null)) return {};
  return { columns: inputs.map(({ name, datatype }) => ({ name, text: datatype === 'BYTES' })) };
}

function knownFrom(card: ModelCard): Known {
  return {
    features: card.features.length,
    classes: card.classes.length,
    specs: card.features.map(specOf),
    classNames: card.classes.map(({ name }) => name),
    ownCard: true,
    decision: card.decision ?? 'argmax',
  };
}
