import type { HistoryRow } from '@coppice/contract';
import type { PredictionKind } from './prediction-kind.ts';
import type { RowData } from './row-batch.ts';
import { uuidText, uuidTime } from './uuid-v7.ts';

/** What is stored beside a row's data; the shadow version's answer only where it was read. */
export type StoredBeside = Pick<HistoryRow, 'reference' | 'actual' | 'outcome'> & {
  shadow_version?: string | null;
  shadow_class?: string | null;
};

/** A stored row as `GET /predictions` shows it. */
export function toHistoryRow(
  id: Uint8Array,
  kind: PredictionKind,
  data: RowData,
  { reference, actual, outcome, shadow_version, shadow_class }: StoredBeside,
): HistoryRow {
  return {
    prediction_id: uuidText(id),
    time: new Date(uuidTime(id)).toISOString(),
    model_version: kind.version,
    assigned: kind.assigned,
    release: kind.release,
    route: kind.route,
    source: kind.source,
    reference,
    user_hash: data.userHash,
    feature_names: kind.featureNames as string[] | null,
    features: data.features,
    prediction: kind.label < 0 ? null : kind.label,
    class: kind.class,
    probability: data.probability,
    // to the nanosecond, which hides rounding errors such as that of 0.1 + 0.2
    latency_ms: Math.round(data.latencySeconds * 1e9) / 1e6,
    error: kind.error,
    actual,
    outcome,
    ...(shadow_version && shadow_class ? { shadow: { version: shadow_version, class: shadow_class } } : {}),
  };
}
