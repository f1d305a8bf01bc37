import type { z } from '@hono/zod-openapi';

/** Longer values are not told back whole. */
const MOST_SHOWN = 40;

/** What is wrong with what a request says, in one sentence: `limit must be a whole number from 1 to 5000 (it is "abc").` */
export function issueWords(error: z.ZodError, from: unknown): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'The request is not understood.';
  const name = issue.path.length === 0 ? 'the request' : issue.path.join('.');
  const value = valueAt(from, issue.path);
  if (value === undefined) return `${name} is missing.`;
  const text = JSON.stringify(value);
  const shown = text.length > MOST_SHOWN ? '' : ` (it is ${text})`;
  return `${name} ${wish(issue)}${shown}.`;
}

function valueAt(from: unknown, path: readonly PropertyKey[]): unknown {
  let value = from;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value;
}

type Issue = z.core.$ZodIssue;

/** The schema's own words where it has some, else what its rule says. */
function wish(issue: Issue): string {
  if (issue.message.startsWith('must ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'array') return `must have at most ${issue.maximum} items`;
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be ${issue.values.join(' or ')}`;
    default:
      return 'is not understood';
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  object: 'an object',
  array: 'a list',
};
