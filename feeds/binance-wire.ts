import type { Name, Names } from './names.ts';
import { decimalIn, isId, isMillis } from './number-text.ts';
import type { BookMessage, Frame, Level } from './venue.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const UNKNOWN: Frame = { kind: 'unknown' };
const SHUTDOWN: Frame = { kind: 'leave', reason: 'the venue restarts' };

/** Reads the frames of a combined socket; `parseData` gets what an event says. The reader never throws. */
export function frameParser(parseData: (stream: unknown, data: object) => Frame): (text: string) => Frame {
  return (text) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { kind: 'malformed', reason: 'not JSON' };
    }
    if (!isFields(value)) return UNKNOWN;
    const { data } = value;
    if (typeof data !== 'object' || data === null) return parseAnswer(value);
    return isFields(data) && data.e === 'serverShutdown' ? SHUTDOWN : parseData(value.stream, data);
  };
}

function parseAnswer(value: Fields): Frame {
  if (value.e === 'serverShutdown') return SHUTDOWN;
  const { id } = value;
  if (id !== undefined && id !== null && !Number.isSafeInteger(id)) return UNKNOWN;
  const number = typeof id === 'number' ? id : undefined;
  // Two shapes are about: the error's fields at the top, and within `error`.
  const refusal = value.error ?? value;
  if (isFields(refusal) && typeof refusal.code === 'number' && typeof refusal.msg === 'string') {
    // Without an id it could not tell which request it refuses: no request has the number -1.
    return { kind: 'acks', acks: [{ id: number ?? -1, refusal: refusal.msg }] };
  }
  if ('result' in value && number !== undefined) return { kind: 'acks', acks: [{ id: number }] };
  return UNKNOWN;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a `depthUpdate` changes. `time`: the field that tells when. */
export function parseDepth(data: Fields, time: 'E' | 'T', nameOf: (wire: string) => Name | undefined): Frame {
  const { s, U, u, pu } = data;
  const ts = data[time];
  const name = typeof s === 'string' ? nameOf(s) : undefined;
  const [bids, asks] = [levelsIn(data.b), levelsIn(data.a)];
  if (!name || !isMillis(ts) || !isId(U) || !isId(u) || !bids || !asks || (pu !== undefined && !isId(pu))) {
    return { kind: 'malformed', reason: 'depthUpdate without a good symbol, time, number or level' };
  }
  const numbers = pu === undefined ? { first: U, last: u } : { first: U, last: u, previous: pu };
  return { kind: 'book', book: { instrument: name.instrument, ts, snapshot: false, ...numbers, bids, asks } };
}

/** The answer of `depth`; where it has no time it gets `ts`. Undefined where it cannot be mapped. */
export function depthSnapshotOf(names: Names, body: unknown, symbol: string, ts: number): BookMessage | undefined {
  if (!isFields(body)) return undefined;
  const { lastUpdateId: last, T } = body;
  const [bids, asks] = [levelsIn(body.bids), levelsIn(body.asks)];
  if (!isId(last) || !bids || !asks) return undefined;
  return { instrument: names.of(symbol).instrument, ts: isMillis(T) ? T : ts, snapshot: true, last, bids, asks };
}

// Hot path: a plain loop, because there are hundreds of levels in a second.
function levelsIn(value: unknown): Level[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const levels: Level[] = [];
  for (const row of value) {
    if (!Array.isArray(row) || row.length < 2) return undefined;
    const price = decimalIn(row[0]);
    const size = decimalIn(row[1]);
    if (!(price > 0 && size >= 0)) return undefined;
    levels.push([price, size]);
  }
  return levels;
}
