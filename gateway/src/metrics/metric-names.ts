/** Names of everything the gateway exports. They are a contract: alerts, dashboards and users' own queries use them. */
export const METRICS = {
  requests: 'prediction_requests_total',
  versionRequests: 'model_version_requests_total',
  routeRequests: 'model_route_requests_total',
  latency: 'prediction_latency_seconds',
  errors: 'prediction_errors_total',
  failovers: 'prediction_failovers_total',
  unfitRequests: 'prediction_requests_unfit_total',
  predictions: 'model_predictions_total',
  batchSize: 'prediction_batch_size',
  trafficWeight: 'model_traffic_weight',
  splitAssignments: 'model_split_assignments',
  splitDiffers: 'model_split_differs',
  versionUp: 'model_version_up',
  releaseNumber: 'model_release_number',
  ejections: 'model_version_ejections_total',
  driftScore: 'model_drift_score',
  driftSamples: 'model_drift_samples',
  featureDrift: 'feature_drift_score',
  driftDetected: 'model_drift_detected',
  featureDriftDetected: 'feature_drift_detected',
  predictionDriftDetected: 'prediction_drift_detected',
  recordWritable: 'prediction_record_writable',
  recordDropped: 'prediction_record_dropped_total',
  feedback: 'feedback_total',
  shadow: 'shadow_predictions_total',
  shadowLatency: 'shadow_latency_seconds',
  rolloutStep: 'rollout_step_percent',
  rolloutState: 'rollout_state',
  rolloutGuardrail: 'rollout_guardrail_log_e',
  rolloutViolated: 'rollout_guardrail_violated',
  rolloutChanges: 'rollout_changes_total',
  experimentEffect: 'experiment_effect',
  experimentEffectLow: 'experiment_effect_low',
  experimentEffectHigh: 'experiment_effect_high',
  experimentSrm: 'experiment_srm',
  experimentFeedbackMismatch: 'experiment_feedback_mismatch',
} as const;

/** Upper bounds in seconds of the latency histograms. */
export const LATENCY_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
];

/** Upper bounds in rows of the batch size histogram. */
export const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Values of the `reason` label of `prediction_errors_total` for errors of a version. */
export const versionErrorReasons = [
  'connect',
  'timeout',
  'upstream',
  'refused',
  'garbage',
  'overload',
  'unavailable',
] as const;
export type VersionErrorReason = (typeof versionErrorReasons)[number];

/** Reasons without a version (`version="none"`): an invalid request, and no available version. */
export const requestErrorReasons = ['invalid', 'unavailable'] as const;
export type RequestErrorReason = (typeof requestErrorReasons)[number];

/** Possible outcomes of a shadow prediction. */
export const shadowAgreements = ['agree', 'disagree', 'failed', 'dropped'] as const;
export type ShadowAgreement = (typeof shadowAgreements)[number];

/** Values of the `state` label of `rollout_state` and of `to` of `rollout_changes_total`. Paused: whose weights are in force. */
export const rolloutPhases = ['running', 'paused_self', 'paused_human', 'done', 'rolled_back'] as const;
export type RolloutPhase = (typeof rolloutPhases)[number];
