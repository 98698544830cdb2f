import { presetNames } from '@coppice/contract';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, it } from 'vitest';
import { openapiDocument } from './document.ts';

async function lint(document: object): Promise<string[]> {
  const config = await createConfig({
    extends: ['recommended-strict'],
    // /health and the like take no input that could be wrong
    rules: { 'operation-4xx-response': 'off' },
  });
  const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: '/openapi.json', config });
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`);
}

it("passes Redocly's recommended rules, warnings included", async () => {
  expect(await lint(openapiDocument())).toEqual([]);
});

it('fails the check with a dangling reference, or an example that its schema refuses', async () => {
  const document = structuredClone(openapiDocument()) as { paths: Record<string, unknown> };
  document.paths['/more'] = {
    patch: {
      ...{ operationId: 'more', summary: 'More', security: [] },
      requestBody: {
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/ConfigPatch' },
            examples: { bad: { value: { reason: 5 } } },
          },
        },
      },
      responses: { 200: { $ref: '#/components/responses/Nothing' } },
    },
  };
  const rules = (await lint(document)).map((problem) => problem.split(':')[0]);
  expect(rules).toContain('no-unresolved-refs');
  expect(rules).toContain('no-invalid-media-type-examples');
});

it('describes bodies by the schemas that validate them', () => {
  const { schemas } = openapiDocument().components;
  expect(schemas.ConfigPatch).toMatchObject({
    ...{ type: 'object', required: ['reason'], additionalProperties: false },
    properties: {
      preset: { enum: presetNames },
      revision: { type: 'integer', minimum: 0 },
    },
  });
  expect(schemas.HistoryPage).toMatchObject({
    properties: { predictions: { items: { $ref: '#/components/schemas/HistoryRow' } } },
  });
});

it('has only what generators of clients read: arrays of one kind, named unions, no pattern beside a format', () => {
  const wrong: string[] = [];
  const visit = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null || /\/(example|examples)$/.test(at)) return;
    const { type, items, prefixItems, format, pattern, anyOf, oneOf } = value as Record<string, unknown>;
    if (prefixItems || (type === 'array' && !items)) wrong.push(`${at}: give it one schema of items`);
    if (format && pattern) wrong.push(`${at}: has a pattern beside its format`);
    const members = [anyOf, oneOf].flatMap((union) => (Array.isArray(union) ? union : []));
    if (members.filter((member) => member.type !== 'null').length > 1 && !/^\/components\/schemas\/\w+$/.test(at))
      wrong.push(`${at}: give the union a name in namedSchemas`);
    for (const [key, child] of Object.entries(value)) visit(child, `${at}/${key}`);
  };
  visit(openapiDocument(), '');
  expect(wrong).toEqual([]);
});
