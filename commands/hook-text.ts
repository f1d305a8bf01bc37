import { clipped } from './clean-text.ts';

/** What was posted to a webhook: JSON, or a text. */
export type HookBody = Readonly<Record<string, unknown>> | string;

const LONGEST_TEXT = 1_500;
const LONGEST_VALUE = 200;
const MOST_LINES = 20;
const DEEPEST = 4;
/** `{close}` and `{{strategy.order.action}}`. */
const PLACEHOLDER = /\{\{?\s*([\w-]+(?:\.[\w-]+)*)\s*\}\}?/g;

/** Reads a body: an object where it is JSON of one, else its text. */
export function readHookBody(body: string): HookBody {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as HookBody;
    return typeof value === 'string' ? value : body;
  } catch {
    return body;
  }
}

/** The message that a body makes: by the template, else what it says itself, else its fields, one a line. Empty where there is nothing. */
export function hookText(body: HookBody, template: string | undefined): string {
  return clipped(wholeText(body, template).trim(), LONGEST_TEXT);
}

function wholeText(body: HookBody, template: string | undefined): string {
  if (typeof body === 'string') return body;
  if (template !== undefined) {
    return template.replace(PLACEHOLDER, (_, path: string) => shown(valueAt(body, path)));
  }
  for (const name of ['message', 'text', 'content']) {
    const own = body[name];
    if (typeof own === 'string' && own.trim() !== '') return own;
  }
  return leaves(body)
    .slice(0, MOST_LINES)
    .map(([path, value]) => `${clipped(path.join('.'), LONGEST_VALUE)}: ${shown(value)}`)
    .join('\n');
}

function valueAt(body: Readonly<Record<string, unknown>>, path: string): unknown {
  // A key may have dots of its own.
  if (Object.hasOwn(body, path)) return body[path];
  let value: unknown = body;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'n/a';
  return clipped(typeof value === 'object' ? JSON.stringify(value) : String(value), LONGEST_VALUE);
}

/** All values that are no objects, with the keys that lead to them. */
function leaves(value: object, before: readonly string[] = []): readonly (readonly [readonly string[], unknown])[] {
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
    const path = [...before, key];
    if (typeof each !== 'object' || each === null) return [[path, each] as const];
    return path.length < DEEPEST ? leaves(each, path) : [];
  });
}

/** The numbers of a body by their keys, nested ones joined: `{strategy: {price: 3}}` has `strategy_price`. */
export function hookNumbers(body: HookBody): readonly (readonly [key: string, value: number])[] {
  if (typeof body === 'string') return [];
  return leaves(body)
    .filter((leaf): leaf is readonly [readonly string[], number] => Number.isFinite(leaf[1]))
    .slice(0, MOST_LINES)
    .map(([path, value]) => [path.join('_'), value]);
}

/** What the body says it is about, as it is written: `NASDAQ:AAPL`. */
export function hookTicker(body: HookBody): string | undefined {
  if (typeof body === 'string') return undefined;
  for (const name of ['ticker', 'symbol', 'stock_symbol', 'instrument']) {
    const value = body[name];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return undefined;
}
