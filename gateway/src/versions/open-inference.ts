import { hash } from 'node:crypto';
import { type ModelCard, modelCard } from '@coppice/contract';
import { answerLimit, decodeInfer, encodeInfer } from './infer-wire.ts';
import type { Identity, Protocol, Wire } from './protocol.ts';
import { describeRefusal, parseJson, saidBy } from './refusal.ts';
import { type Known, readSignature, type Signature } from './signature.ts';
import type { Upstream, UpstreamAnswer } from './upstream.ts';

const METADATA_BYTES = 1024 * 1024;
/** A card holds up to 2,000 training rows twice. */
const CARD_BYTES = 16 * 1024 * 1024;

/** The Open Inference Protocol, which Triton, MLServer, KServe and Coppice's own model server speak. */
export function openInference(upstream: Pick<Upstream, 'get'>, modelName: string): Protocol {
  const model = `/v2/models/${encodeURIComponent(modelName)}`;
  let card: { digest: string; card: ModelCard | null } | null = null;

  return {
    async probe() {
      const answer = await upstream.get(`${model}/ready`, METADATA_BYTES);
      if (answer.status === 200 && (parseJson(answer.body) as { ready?: boolean } | null)?.ready !== false) return null;
      const said = saidBy(answer);
      return said ?? `its server answered ${answer.status} to the readiness check`;
    },

    async identify(known): Promise<Identity> {
      const [server, metadata, info] = await Promise.all([
        upstream.get('/v2', METADATA_BYTES),
        upstream.get(model, METADATA_BYTES),
        upstream.get('/model-info', CARD_BYTES),
      ]);
      if (metadata.status !== 200)
        throw new Error(`its server has no model ${modelName}: ${describeRefusal(metadata)} to ${model}`);
      const digest = info.status === 200 ? hash('sha256', info.body) : 'none';
      // parsed once: a card can be megabytes
      if (card?.digest !== digest) card = { digest, card: readCard(info) };
      const signature = readSignature(
        (parseJson(server.body) ?? {}) as object,
        (parseJson(metadata.body) ?? {}) as object,
        card.card ? knownFrom(card.card) : known,
      );
      return {
        features: signature.features,
        classes: signature.classes,
        card: card.card,
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

function readCard({ status, body }: UpstreamAnswer): ModelCard | null {
  return status === 200 ? (modelCard.safeParse(parseJson(body)).data ?? null) : null;
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
