import { MINUTE, SECOND } from '../../engine/market/interval.ts';

export const INCIDENT_KINDS = ['crash', 'pump', 'gap', 'silence', 'calm'] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** Something that befalls the market (`crash`, `pump`, `silence`) or only the way to it (`gap`); `calm` ends the others. */
export interface Incident {
  readonly what: IncidentKind;
  /** ms since the epoch. */
  readonly at: number;
  /** `btcusdt`, its perpetual included; undefined: all. A gap is always one of all. */
  readonly symbol: string | undefined;
  /** Of a crash or pump the share of the price, of a gap or silence its length in ms; 0 of a calm. */
  readonly size: number;
}

/** What incidents do to the market: a pure function of them and the time. */
export interface Incidents {
  /** It must not lie in the past: what was told already would no longer be true. */
  add(incident: Incident): void;
  /** How far the log price is off what it would be. */
  shift(symbol: string, ts: number): number;
  /** How many times larger trades are. */
  turnover(symbol: string, ts: number): number;
  /** Which side everybody takes while the price runs; undefined: as always. */
  rush(symbol: string, ts: number): 'buy' | 'sell' | undefined;
  isSilent(symbol: string, ts: number): boolean;
  /** Whether anything of it falls into `from <= ts < to`. */
  touches(symbol: string, from: number, to: number): boolean;
  /** The gap that runs at a time, else the next one. */
  gapAt(ts: number): { readonly from: number; readonly to: number } | undefined;
}

/** How a price runs off and comes back: all of it within `runMs`, and half of what is left is back after each `halfLifeMs`. */
interface Shape {
  readonly sign: 1 | -1;
  readonly runMs: number;
  readonly halfLifeMs: number;
  /** Then it is over. */
  readonly endMs: number;
  readonly turnover: number;
}
const SHAPES: Readonly<Record<'crash' | 'pump', Shape>> = {
  crash: { sign: -1, runMs: 20 * SECOND, halfLifeMs: 2 * MINUTE, endMs: 32 * MINUTE, turnover: 6 },
  pump: { sign: 1, runMs: 60 * SECOND, halfLifeMs: 5 * MINUTE, endMs: 80 * MINUTE, turnover: 4 },
};
/** After a calm half of what is left of a shift is gone after each so many ms, and all of it after the last. */
const CALM = { halfLifeMs: 5 * SECOND, endMs: 80 * SECOND };

type Shock = Incident & { readonly what: 'crash' | 'pump' };

export function createIncidents(given: readonly Incident[] = []): Incidents {
  const all = [...given];
  const bySymbol = new Map<string, readonly Incident[]>();

  function of(symbol: string): readonly Incident[] {
    const known = bySymbol.get(symbol);
    if (known) return known;
    const spot = symbol.replace(/\.p$/, '');
    const found = all.filter((one) => one.symbol === undefined || one.symbol === symbol || one.symbol === spot);
    bySymbol.set(symbol, found);
    return found;
  }

  const shocks = (symbol: string): readonly Shock[] => of(symbol).filter(isShock);

  function strength(symbol: string, shock: Shock, ts: number): number {
    const shape = SHAPES[shock.what];
    const since = ts - shock.at;
    if (since <= 0 || since >= shape.endMs) return 0;
    const shift = Math.log(1 + shape.sign * shock.size);
    const free = since < shape.runMs ? since / shape.runMs : 2 ** (-(since - shape.runMs) / shape.halfLifeMs);
    const calm = calmAfter(of(symbol), shock.at);
    if (calm >= ts) return shift * free;
    if (ts - calm >= CALM.endMs) return 0;
    const then = calm - shock.at;
    const left = then < shape.runMs ? then / shape.runMs : 2 ** (-(then - shape.runMs) / shape.halfLifeMs);
    return shift * left * 2 ** (-(ts - calm) / CALM.halfLifeMs);
  }

  const endOf = (symbol: string, one: Incident): number => {
    const calm = calmAfter(of(symbol), one.at);
    if (isShock(one)) return Math.min(one.at + SHAPES[one.what].endMs, calm + CALM.endMs);
    return Math.min(one.at + one.size, calm);
  };
  const running = (symbol: string, ts: number): Shock | undefined =>
    shocks(symbol).find(
      (one) => ts > one.at && ts <= Math.min(one.at + SHAPES[one.what].runMs, calmAfter(all, one.at)),
    );

  return {
    add(incident) {
      all.push(incident);
      bySymbol.clear();
    },
    shift(symbol, ts) {
      if (of(symbol).length === 0) return 0;
      return shocks(symbol).reduce((sum, shock) => sum + strength(symbol, shock, ts), 0);
    },
    turnover(symbol, ts) {
      const shock = running(symbol, ts);
      return shock === undefined ? 1 : SHAPES[shock.what].turnover;
    },
    rush(symbol, ts) {
      const shock = running(symbol, ts);
      return shock && (SHAPES[shock.what].sign > 0 ? 'buy' : 'sell');
    },
    isSilent: (symbol, ts) =>
      of(symbol).some((one) => one.what === 'silence' && ts >= one.at && ts < endOf(symbol, one)),
    touches: (symbol, from, to) =>
      of(symbol).some((one) => (isShock(one) || one.what === 'silence') && one.at < to && endOf(symbol, one) > from),
    gapAt(ts) {
      const gaps = all.filter((one) => one.what === 'gap');
      const ahead = gaps.map((one) => ({ from: one.at, to: Math.min(one.at + one.size, calmAfter(all, one.at)) }));
      return ahead.filter((gap) => gap.to > ts).sort((a, b) => a.from - b.from)[0];
    },
  };
}

function isShock(one: Incident): one is Shock {
  return one.what === 'crash' || one.what === 'pump';
}

/** When the first calm begins at or after a time; infinity where none does. */
function calmAfter(incidents: readonly Incident[], at: number): number {
  let first = Number.POSITIVE_INFINITY;
  for (const one of incidents) if (one.what === 'calm' && one.at >= at) first = Math.min(first, one.at);
  return first;
}
