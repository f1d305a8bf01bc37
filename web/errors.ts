import { randomBytes } from 'node:crypto';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { TransportError, UserError } from '../engine/errors.ts';
import type { Logger } from './ports.ts';

export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    /** Which characters of an expression are wrong, half-open. */
    readonly span?: readonly [start: number, end: number];
  };
}

/** A request that is refused before any command sees it: carries its HTTP status. */
export interface Refusal {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

const STATUS_OF_CODE: Readonly<Record<string, ContentfulStatusCode>> = {
  'unknown-symbol': 404,
  'unknown-instrument': 404,
  'not-found': 404,
  unauthorized: 401,
  forbidden: 403,
  'bad-origin': 403,
  'bad-media-type': 415,
  'too-large': 413,
  'rate-limited': 429,
  'too-many-requests': 429,
};

function statusOfCode(code: string): ContentfulStatusCode {
  return STATUS_OF_CODE[code] ?? 400;
}

function body(code: string, message: string, hint?: string): ErrorBody {
  return { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

/** Body of a refusal. */
export function refusalBody(refusal: Refusal): ErrorBody {
  return body(refusal.code, refusal.message, refusal.hint);
}

const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'bad-request',
  413: 'too-large',
  415: 'bad-media-type',
};

/** Status and body of whatever a handler threw; what is not the visitor's doing is logged under the reference it is told. */
export function describeError(error: unknown, logger: Logger): { status: ContentfulStatusCode; body: ErrorBody } {
  if (error instanceof UserError) {
    const { error: said } = body(error.code, error.message, error.hint);
    if (error.span === undefined) return { status: statusOfCode(error.code), body: { error: said } };
    // What has a place is wrong in the request's text, whatever it is about.
    return { status: 400, body: { error: { ...said, span: error.span } } };
  }
  if (error instanceof HTTPException) {
    const status = error.status as ContentfulStatusCode;
    return { status, body: body(CODE_OF_STATUS[status] ?? 'refused', error.message || 'The request was refused.') };
  }
  const reference = randomBytes(4).toString('hex');
  logger.error({ err: error, reference }, 'a request failed');
  if (error instanceof TransportError) {
    return {
      status: 503,
      body: body('unavailable', `A source is not reachable, reference ${reference}.`, 'Try again soon.'),
    };
  }
  return { status: 500, body: body('internal', `Something went wrong, reference ${reference}.`) };
}
