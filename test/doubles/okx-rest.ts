import type { Bar } from '../../engine/market/events.ts';
import { candleRows, type Fill } from './okx-candles.ts';

/** One fill as the venue keeps it; price and size as on the wire. */
export interface OkxDoubleTrade {
  readonly id: number;
  readonly ts: number;
  readonly price: string;
  /** Contracts on swaps, the base on spot. */
  readonly size: string;
  /** The taker's. */
  readonly side: 'buy' | 'sell';
}

/** A row of `/public/instruments`, with what matters here. */
export interface OkxDoubleRow {
  readonly instType: 'SPOT' | 'SWAP';
  readonly instId: string;
  readonly ctType: string;
  readonly ctVal: string;
  readonly ctMult: string;
  readonly [more: string]: unknown;
}

/** What the REST answers are made of. */
export interface OkxDoubleState {
  readonly instruments: readonly OkxDoubleRow[];
  readonly tradesOf: (instId: string) => readonly OkxDoubleTrade[];
  readonly historyOf: (instId: string) => readonly Bar[];
  readonly omitEmpty: boolean;
  readonly now: number;
}

type Query = Readonly<Record<string, string>>;
const good = (data: readonly unknown[]) => ({ code: '0', msg: '', data });
const bad = (code: string, msg: string) => ({ code, msg, data: [] });

/** The body of an answer; `what` is the path after `/api/v5/`. */
export function okxAnswer(what: string, query: Query, state: OkxDoubleState): object {
  const { instruments } = state;
  if (what === 'public/instruments') {
    const { instType } = query;
    if (instType !== 'SPOT' && instType !== 'SWAP') return bad('51000', 'Parameter instType error');
    return good(instruments.filter((row) => row.instType === instType));
  }
  if (what === 'market/tickers') {
    const rows = instruments.filter(({ instType }) => instType === query.instType);
    return good(rows.map((one) => dayRow(one, state)));
  }
  const row = instruments.find(({ instId }) => instId === query.instId);
  if (!row) return bad('51001', `Instrument ID, Instrument ID code, or Spread ID doesn't exist.`);
  const trades = state.tradesOf(row.instId);
  switch (what) {
    case 'market/candles':
    case 'market/history-candles': {
      const { omitEmpty, now } = state;
      const fills = trades.map((trade) => fillOf(trade, row));
      const source = { fills, history: state.historyOf(row.instId), now, omitEmpty, recent: what === 'market/candles' };
      const rows = candleRows(query, source);
      return rows ? good(rows) : bad('51000', 'Parameter bar error');
    }
    case 'market/trades':
      return good(tradeRows(row.instId, trades, Math.min(Number(query.limit ?? 100), 500)));
    case 'market/history-trades': {
      if (query.type !== '1') return bad('51000', 'Parameter type error');
      const older = trades.filter(({ id }) => id < Number(query.after ?? Number.POSITIVE_INFINITY));
      return good(tradeRows(row.instId, older, Math.min(Number(query.limit ?? 100), 100)));
    }
    default:
      return bad('50404', 'not here');
  }
}

/** Newest first. */
function tradeRows(instId: string, trades: readonly OkxDoubleTrade[], limit: number): object[] {
  return trades
    .slice(-limit)
    .reverse()
    .map(({ id, price: px, size: sz, side, ts }) => ({ instId, side, sz, px, tradeId: String(id), ts: String(ts) }));
}

/** `volCcy24h` is in the quote for spot, in the base for swaps. */
function dayRow(row: OkxDoubleRow, { tradesOf, now }: OkxDoubleState): object {
  const day = tradesOf(row.instId).filter(({ ts }) => ts > now - 86_400_000);
  const isSpot = row.instType === 'SPOT';
  const amounts = day.map((trade) => fillOf(trade, row).base * (isSpot ? Number(trade.price) : 1));
  const sum = amounts.reduce((all, one) => all + one, 0);
  return { instType: row.instType, instId: row.instId, last: day.at(-1)?.price ?? '', volCcy24h: sum.toFixed(8) };
}

function fillOf({ ts, price, size }: OkxDoubleTrade, { ctType, ctVal, ctMult }: OkxDoubleRow): Fill {
  const worth = ctType === '' ? 1 : Number(ctVal) * Number(ctMult);
  const contracts = Number(size);
  const base = ctType === 'inverse' ? (contracts * worth) / Number(price) : contracts * worth;
  return { ts, price: Number(price), contracts, base };
}

/** `BTC-USDT`. */
export function spotRow(instId: string, more: object = {}): OkxDoubleRow {
  const [baseCcy, quoteCcy] = instId.split('-');
  const contract = { ctType: '', ctVal: '', ctMult: '', ctValCcy: '', settleCcy: '', uly: '' };
  const steps = { tickSz: '0.1', lotSz: '0.00000001', minSz: '0.00001', state: 'live' };
  return { instType: 'SPOT', instId, baseCcy, quoteCcy, ...contract, ...steps, ...more };
}

/** `BTC-USDT-SWAP`: linear unless its quote is USD. */
export function swapRow(instId: string, ctVal: string, more: object = {}): OkxDoubleRow {
  const [base, quote] = instId.split('-');
  const isInverse = quote === 'USD';
  const settle = { settleCcy: isInverse ? base : quote, ctValCcy: isInverse ? quote : base };
  const contract = { ctType: isInverse ? 'inverse' : 'linear', ctVal, ctMult: '1', ...settle, uly: `${base}-${quote}` };
  const steps = { tickSz: '0.1', lotSz: '1', minSz: '1', state: 'live' };
  return { instType: 'SWAP', instId, baseCcy: '', quoteCcy: '', ...contract, ...steps, ...more };
}
