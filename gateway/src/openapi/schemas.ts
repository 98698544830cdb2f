import * as contract from '@coppice/contract';
import { z } from 'zod';
import { inferenceSchemas } from './inference-schemas.ts';

/** The named schemas of bodies: the same ones that validate requests and type answers. */
export const namedSchemas = {
  PredictRequest: contract.predictRequest,
  PredictRowRequest: contract.predictRowRequest,
  PredictBatchRequest: contract.predictBatchRequest,
  FeatureRow: contract.featureRow,
  PredictAnswer: contract.predictAnswer,
  Prediction: contract.prediction,
  PredictionBatch: contract.predictionBatch,
  PredictionOfBatch: contract.predictionOfBatch,
  ConfigView: contract.configView,
  ConfigPatch: contract.configPatch,
  VersionState: contract.versionState,
  AuditPage: contract.auditPage,
  AuditEntry: contract.auditEntry,
  HistoryPage: contract.historyPage,
  HistoryRow: contract.historyRow,
  ForgetAnswer: contract.forgetAnswer,
  FeedbackRequest: contract.feedbackRequest,
  FeedbackItem: contract.feedbackItem,
  FeedbackBatch: contract.feedbackBatch,
  ActualClass: contract.actualClass,
  FeedbackAnswer: contract.feedbackAnswer,
  ComparisonReport: contract.comparisonReport,
  CandidateComparison: contract.candidateComparison,
  MeanComparison: contract.meanComparison,
  RiskComparison: contract.riskComparison,
  ExperimentStart: contract.experimentStart,
  ExperimentStop: contract.experimentStop,
  ExperimentView: contract.experimentView,
  ExperimentList: contract.experimentList,
  PerformanceEpoch: contract.performanceEpoch,
  PerformanceReport: contract.performanceReport,
  TimelineReport: contract.timelineReport,
  DriftReport: contract.driftReport,
  FeatureDrift: contract.featureDrift,
  MeasuredDrift: contract.measuredDrift,
  ValuesDrift: contract.valuesDrift,
  ShadowReport: contract.shadowReport,
  RolloutStart: contract.rolloutStart,
  RolloutChange: contract.rolloutChange,
  RolloutReport: contract.rolloutReport,
  RolloutView: contract.rolloutView,
  RolloutLook: contract.rolloutLook,
  RolloutMove: contract.rolloutMove,
  RolloutPromotion: contract.rolloutPromotion,
  GuardrailView: contract.guardrailView,
  ReleasesView: contract.releasesView,
  ReleaseRow: contract.releaseRow,
  ReleaseVerdict: contract.verdict,
  ServedRelease: contract.servedRelease,
  PreviousReleases: contract.previousReleases,
  PendingChange: contract.pendingChange,
  GateVerdict: contract.gateVerdict,
  GateLine: contract.gateLine,
  PromoteRelease: contract.promoteRelease,
  RollbackRelease: contract.rollbackRelease,
  JudgeRelease: contract.judgeRelease,
  MoveAlias: contract.moveAlias,
  ReleasesAudit: contract.releasesAudit,
  RetrainingView: contract.retrainingView,
  RetrainJob: contract.retrainJob,
  RetrainJobView: contract.retrainJobView,
  RetrainRows: contract.retrainRows,
  ReplayStart: contract.replayStart,
  ReplayList: contract.replayList,
  ReplaySummary: contract.replaySummary,
  ReplayView: contract.replayView,
  ReplayComparison: contract.replayComparison,
  ReplayDisagreement: contract.replayDisagreement,
  SplitReport: contract.splitReport,
  ModelCard: contract.modelCard,
  FeatureCard: contract.featureCard,
  NumberCard: contract.numberCard,
  BooleanCard: contract.booleanCard,
  CategoryCard: contract.categoryCard,
  DateCard: contract.dateCard,
  FeatureValue: contract.featureValue,
  ClassMetrics: contract.classMetrics,
  ModelParameter: contract.modelParameter,
  Readiness: contract.readiness,
  Problem: contract.problem,
  ...inferenceSchemas,
};
export type SchemaName = keyof typeof namedSchemas;

/** `#/components/schemas` of the description, JSON Schema 2020-12 as OpenAPI 3.1 has it. */
export function componentSchemas(): Record<string, unknown> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(namedSchemas)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}`, override });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, bare(schema)]));
}

export function schemaRef(name: SchemaName): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** Parameters of a query, from the schema that reads it. */
export function queryParameters(schema: z.ZodType, examples: Record<string, unknown> = {}): unknown[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', override });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as z.core.JSONSchema.JSONSchema;
    return {
      ...{ name, in: 'query', required: required.includes(name), schema: rest },
      ...(description ? { description } : {}),
      ...(name in examples ? { example: examples[name] } : {}),
    };
  });
}

/** JSON Schema that generators of clients read too. */
function override({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { prefixItems } = jsonSchema;
  // a tuple of one kind
  if (prefixItems?.length) {
    Object.assign(jsonSchema, { items: prefixItems[0], minItems: prefixItems.length, maxItems: prefixItems.length });
    delete jsonSchema.prefixItems;
  }
  // the same rule as the format, as a regular expression that not every language has
  if (jsonSchema.format) delete jsonSchema.pattern;
}

/** Without the members that only a separate schema document has. */
function bare({ $schema, $id, ...schema }: Record<string, unknown>): unknown {
  return schema;
}
