import * as contract from '@coppice/contract';
import { z } from 'zod';

/** The named schemas of bodies: the same ones that validate requests and type answers. */
export const namedSchemas = {
  PredictRequest: contract.predictRequest,
  Prediction: contract.prediction,
  PredictionBatch: contract.predictionBatch,
  ConfigView: contract.configView,
  ConfigPatch: contract.configPatch,
  VersionState: contract.versionState,
  AuditPage: contract.auditPage,
  AuditEntry: contract.auditEntry,
  HistoryPage: contract.historyPage,
  HistoryRow: contract.historyRow,
  FeedbackRequest: contract.feedbackRequest,
  FeedbackAnswer: contract.feedbackAnswer,
  PerformanceReport: contract.performanceReport,
  DriftReport: contract.driftReport,
  FeatureDrift: contract.featureDrift,
  ShadowReport: contract.shadowReport,
  SplitReport: contract.splitReport,
  ModelCard: contract.modelCard,
  Readiness: contract.readiness,
  Problem: contract.problem,
};
export type SchemaName = keyof typeof namedSchemas;

/** `#/components/schemas` of the description, JSON Schema 2020-12 as OpenAPI 3.1 has it. */
export function componentSchemas(): Record<string, unknown> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(namedSchemas)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, bare(schema)]));
}

export function schemaRef(name: SchemaName): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** Parameters of a query, from the schema that reads it. */
export function queryParameters(schema: z.ZodType, examples: Record<string, unknown> = {}): unknown[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as z.core.JSONSchema.JSONSchema;
    return {
      ...{ name, in: 'query', required: required.includes(name), schema: rest },
      ...(description ? { description } : {}),
      ...(name in examples ? { example: examples[name] } : {}),
    };
  });
}

/** Without the members that only a separate schema document has. */
function bare({ $schema, $id, ...schema }: Record<string, unknown>): unknown {
  return schema;
}
