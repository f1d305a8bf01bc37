import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { UserError } from '../engine/errors.ts';
import { parseInterval } from '../engine/market/interval.ts';
import type { WebEnv } from './context.ts';
import type { WebPorts } from './ports.ts';

export const symbolParam = z.string().min(1).max(64);

/** @throws UserError `bad-interval` */
export function intervalOf(text: string): number {
  const interval = parseInterval(text);
  if (interval !== undefined) return interval;
  throw new UserError('bad-interval', `${text} is no interval.`, { hint: 'For example 1m, 5m, 1h or 1d.' });
}

/** @throws UserError `unknown-symbol` */
export function instrumentOf(ports: WebPorts, symbol: string): string {
  const instrument = ports.resolve(symbol);
  if (instrument !== undefined) return instrument;
  const near = ports.suggest(symbol).slice(0, 3);
  const hint = near.length === 0 ? {} : { hint: `Did you mean ${near.join(', ')}?` };
  throw new UserError('unknown-symbol', `There is no symbol ${symbol}.`, hint);
}

export function checkRange(query: { from?: number | undefined; to?: number | undefined }): void {
  if (query.from === undefined || query.to === undefined || query.from < query.to) return;
  throw new UserError('bad-range', 'from must lie before to.');
}

export function wantsCsv(c: Context<WebEnv>, format: 'json' | 'csv' | undefined): boolean {
  if (format !== undefined) return format === 'csv';
  const supports = ['application/json', 'text/csv'];
  return accepts(c, { header: 'Accept', supports, default: supports[0]! }) === 'text/csv';
}
