import type { z } from 'zod';
import { HttpError } from './problem.ts';

type Issue = z.core.$ZodIssue;

/**
 * Validates a request's body or query by its schema. Throws a 400 that names each wrong field by its JSON Pointer.
 * A query's values are strings, so its schema has to coerce them. A schema's own messages continue "/field of the body …".
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, where: 'body' | 'query' = 'body'): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) => fieldErrors(issue, value));
  const first = errors[0] as { pointer: string; detail: string };
  const place = first.pointer === '' ? `The ${where}` : `${first.pointer} of the ${where}`;
  throw new HttpError(400, `${place} ${first.detail}.`, { errors });
}

/** A path of keys and indexes as a JSON Pointer (RFC 6901). */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function fieldErrors(issue: Issue, root: unknown): { pointer: string; detail: string }[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      pointer: jsonPointer([...issue.path, key]),
      detail: 'is not a known field',
    }));
  if (issue.code === 'invalid_union') {
    const nearest = issue.errors.toSorted((a, b) => distance(a) - distance(b))[0];
    if (nearest)
      return nearest.flatMap((inner) => fieldErrors({ ...inner, path: [...issue.path, ...inner.path] } as Issue, root));
  }
  return [{ pointer: jsonPointer(issue.path), detail: describe(issue, at(root, issue.path)) }];
}

/** How badly a value fits one branch of a union. Unknown fields weigh most: the value is meant for another branch. */
function distance(issues: Issue[]): number {
  return issues.reduce((sum, { code }) => sum + (code === 'unrecognized_keys' ? 10 : 1), 0);
}

function describe(issue: Issue, value: unknown): string {
  if (value === undefined) return 'is missing';
  if (issue.code === 'invalid_type') return `must be ${kinds[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_small' || issue.code === 'too_big') return range(issue);
  if (issue.code === 'invalid_format') return `must be ${kinds[issue.format] ?? `a valid ${issue.format}`}`;
  return issue.code === 'custom' ? issue.message : `is not allowed: ${issue.message}`;
}

function range(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const bound = String(issue.code === 'too_small' ? issue.minimum : issue.maximum);
  const side = issue.code === 'too_small' ? 'at least' : 'at most';
  if (issue.origin === 'string')
    return bound === '1' && side === 'at least' ? 'must not be empty' : `must have ${side} ${bound} characters`;
  if (issue.origin === 'array') return `must have ${side} ${bound} item${bound === '1' ? '' : 's'}`;
  if (issue.inclusive === false) return `must be ${issue.code === 'too_small' ? 'above' : 'below'} ${bound}`;
  return `must be ${side} ${bound}`;
}

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined | null)?.[key], root);
}

const kinds: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  object: 'a JSON object',
  record: 'a JSON object',
  array: 'a list',
  uuid: 'a UUID',
  datetime: 'a time in ISO 8601, such as 2026-01-31T12:00:00Z',
};
