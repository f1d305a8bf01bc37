import type { FactEvent } from '../engine/market/events.ts';
import { inBase, marketOf, type OkxMarket } from './okx-markets.ts';
import { isPositive, isRecord, type Json, numberOf, signedOf, timeOf } from './okx-values.ts';
import type { Markets } from './venue.ts';

/** The channels that carry facts, and what reads one row of each: facts, or what is wrong with it. */
export const FACTS: Readonly<Record<string, (row: Json, markets: Markets) => readonly FactEvent[] | string>> = {
  'funding-rate': fundingOf,
  'mark-price': markOf,
  'index-tickers': indexOf,
  'open-interest': openInterestOf,
  'liquidation-orders': liquidationsOf,
};

function fundingOf(row: Json, markets: Markets): FactEvent[] | string {
  const market = marketOf(row, markets);
  if (!market) return [];
  const rate = signedOf(row.fundingRate);
  // When that rate is paid; `nextFundingTime` is the time after it.
  const due = timeOf(row.fundingTime);
  const ts = timeOf(row.ts);
  if (!Number.isFinite(rate)) return 'fundingRate';
  if (!(due > 0)) return 'fundingTime';
  if (!(ts > 0)) return 'ts';
  return [fact('funding', market, ts, rate), fact('next_funding', market, ts, due)];
}

function markOf(row: Json, markets: Markets): FactEvent[] | string {
  return priceFact('mark', row, row.markPx, marketOf(row, markets)) ?? 'markPx';
}

/** Index prices go by the name of the index, `BTC-USDT`; the swap on it is told. */
function indexOf(row: Json, markets: Markets): FactEvent[] | string {
  const { instId } = row;
  const market = typeof instId === 'string' ? markets.named(`${instId}-SWAP`) : undefined;
  return priceFact('index', row, row.idxPx, market) ?? 'idxPx';
}

function openInterestOf(row: Json, markets: Markets): FactEvent[] | string {
  const market = marketOf(row, markets);
  if (!market) return [];
  // `oi` counts contracts, `oiCcy` the base, on inverse swaps too.
  const value = numberOf(row.oiCcy);
  const ts = timeOf(row.ts);
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) return 'oiCcy';
  return ts > 0 ? [fact('oi', market, ts, value)] : 'ts';
}

/** The channel tells of all swaps; those that nobody watches are dropped by whoever asked. */
function liquidationsOf(row: Json, markets: Markets): FactEvent[] | string {
  const market = marketOf(row, markets);
  if (!market) return [];
  if (!Array.isArray(row.details)) return 'details';
  const facts: FactEvent[] = [];
  for (const detail of row.details as unknown[]) {
    if (!isRecord(detail)) return 'detail';
    const price = numberOf(detail.bkPx);
    const size = inBase(numberOf(detail.sz), price, market);
    const ts = timeOf(detail.ts);
    if (!isPositive(price)) return 'bkPx';
    if (!isPositive(size)) return 'sz';
    if (!(ts > 0)) return 'ts';
    facts.push(fact('liquidations', market, ts, size));
  }
  return facts;
}

function priceFact(name: string, row: Json, px: unknown, market: OkxMarket | undefined): FactEvent[] | undefined {
  if (!market) return [];
  const price = numberOf(px);
  const ts = timeOf(row.ts);
  return isPositive(price) && ts > 0 ? [fact(name, market, ts, price)] : undefined;
}

function fact(name: string, { instrument }: OkxMarket, ts: number, value: number): FactEvent {
  return { type: 'fact', name, instrument, ts, value };
}
