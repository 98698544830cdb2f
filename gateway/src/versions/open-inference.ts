import { hash } from 'node:crypto';
import type { ModelCard } from '@coppice/contract';
import { CardReader, type ReadCard } from './card-reader.ts';
import { answerLimit, decodeInfer, encodeInfer } from './infer-wire.ts';
import type { Identity, Protocol, Wire } from './protocol.ts';
import { describeRefusal, parseJson, saidBy } from './refusal.ts';
import { announcedFeatures, type Known, readSignature, type Signature } from './signature.ts';
import type { Upstream } from './upstream.ts';

const METADATA_BYTES = 256 * 1024;
const READY_BYTES = 16 * 1024;
const NO_CARD: ReadCard = { card: null, digest: 'unread' };

/** The Open Inference Protocol, which Triton, MLServer, KServe and Coppice's own model server speak. */
export function openInference(
  upstream: Pick<Upstream, 'get'>,
  { modelName, now }: { modelName: string; now: () => number },
): Protocol {
  const model = `/v2/models/${encodeURIComponent(modelName)}`;
  const cards = new CardReader(upstream, now);

  return {
    async probe() {
      const answer = await upstream.get(`${model}/ready`, READY_BYTES);
      if (answer.status === 200 && (parseJson(answer.body) as { ready?: boolean } | null)?.ready !== false) return null;
      const said = saidBy(answer);
      return said ?? `its server answered ${answer.status} to the readiness check`;
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
      // of a model that does not fit the fleet, the card is not worth reading
      const unfit = known && announced !== undefined && announced !== known.features;
      const { card, digest } = unfit ? NO_CARD : await cards.read(announced ?? known?.features ?? 0);
      const signature = readSignature(
        (parseJson(server.body) ?? {}) as object,
        description,
        card ? knownFrom(card) : known,
      );
      return {
        features: signature.features,
        classes: signature.classes,
        card,
        wires: signatures(signature).map((one) => openInferenceWire(`${model}/infer`, one)),
        outputs: { label: signature.label, probability: signature.probability },
        key: hash('sha256', `${server.body}\n${metadata.body}\n${digest}`),
      };
    },
  };
}

/** A server that announces no outputs may have probabilities on request, or refuse the request for them (MLServer). */
function signatures(signature: Signature): Signature[] {
  return signature.ask.length > 0 ? [signature] : [{ ...signature, ask: ['predict', 'predict_proba'] }, signature];
}

export function openInferenceWire(path: string, signature: Signature): Wire {
  return {
    path,
    encode: (jobs, rows) => encodeInfer(jobs, rows, signature),
    decode: ({ headers, body }, rows) =>
      decodeInfer(body, headers['inference-header-content-length'] as string | undefined, rows, signature),
    answerLimit: (rows) => answerLimit(rows, signature),
  };
}

function knownFrom(card: ModelCard): Known {
  return {
    features: card.features.length,
    classes: card.classes.length,
    featureNames: card.features.map(({ name }) => name),
    classNames: card.classes.map(({ name }) => name),
    ownCard: true,
    decision: card.decision ?? 'argmax',
  };
}
