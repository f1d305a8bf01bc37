import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { DataError } from '../engine/errors.ts';
import type { Side, Trade } from '../engine/market/events.ts';

/** Some trades of one instrument as they are stored: in the order of time, packed. */
export interface TradeChunk {
  readonly instrument: string;
  /** Times of the first and the last trade, in ms. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly data: Uint8Array;
}

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);
const SIDES: readonly Side[] = [undefined, 'buy', 'sell'];
/** Bytes of a trade before its id: time, price and size, and the side. */
const NUMBERS = 3;
const FIXED_BYTES = 8 * NUMBERS + 1;
/** More than any chunk of ours holds: a broken one must not fill the memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Trades that are being collected, in columns: nothing is made for a trade but its place. Hot path. */
export interface TradeColumns {
  readonly count: number;
  /** Time, price and size of each, one behind the other; longer than `count` needs. */
  readonly numbers: Float64Array;
  readonly sides: Uint8Array;
  readonly ids: readonly string[];
  add(trade: Trade): void;
  trade(index: number, instrument: string): Trade;
}

/** Room at first: most instruments fill little more of it. */
const ROOM = 64;

export function createColumns(): TradeColumns {
  let numbers = new Float64Array(NUMBERS * ROOM);
  let sides = new Uint8Array(ROOM);
  const ids: string[] = [];
  let count = 0;

  function grow(): void {
    const [more, longer] = [new Float64Array(2 * numbers.length), new Uint8Array(2 * sides.length)];
    more.set(numbers);
    longer.set(sides);
    numbers = more;
    sides = longer;
  }

  return {
    get count() {
      return count;
    },
    get numbers() {
      return numbers;
    },
    get sides() {
      return sides;
    },
    ids,
    add({ ts, price, size, side, id }) {
      if (count === sides.length) grow();
      numbers[NUMBERS * count] = ts;
      numbers[NUMBERS * count + 1] = price;
      numbers[NUMBERS * count + 2] = size;
      sides[count++] = side === undefined ? 0 : side === 'buy' ? 1 : 2;
      ids.push(id);
    },
    trade: (i, instrument) => ({
      type: 'trade',
      instrument,
      ts: numbers[NUMBERS * i],
      price: numbers[NUMBERS * i + 1],
      size: numbers[NUMBERS * i + 2],
      side: SIDES[sides[i]],
      id: ids[i],
    }),
  };
}

/** Packs trades, compressed elsewhere than on this thread. A line break in an id is none of any venue's and is left out. */
export async function packTrades(instrument: string, columns: TradeColumns): Promise<TradeChunk> {
  const { count, numbers, sides } = columns;
  const order = orderOf(columns);
  const ids = Buffer.from(idsOf(columns, order));
  const bytes = Buffer.allocUnsafe(4 + count * FIXED_BYTES + ids.length);
  bytes.writeUInt32LE(count, 0);
  // Column by column: alike numbers side by side pack best.
  for (let column = 0; column < NUMBERS; column++) {
    const from = 4 + 8 * column * count;
    for (let i = 0; i < count; i++) bytes.writeDoubleLE(numbers[NUMBERS * order[i] + column], from + 8 * i);
  }
  for (let i = 0; i < count; i++) bytes[4 + 8 * NUMBERS * count + i] = sides[order[i]];
  ids.copy(bytes, 4 + count * FIXED_BYTES);
  const data = await pack(bytes, { level: 1 });
  return { instrument, first: numbers[NUMBERS * order[0]], last: numbers[NUMBERS * order[count - 1]], count, data };
}

/** Places by time; they nearly always are in order already. */
function orderOf({ count, numbers }: TradeColumns): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = 1; i < count; i++) {
    if (numbers[NUMBERS * i] >= numbers[NUMBERS * (i - 1)]) continue;
    return order.sort((a, b) => numbers[NUMBERS * a] - numbers[NUMBERS * b] || a - b);
  }
  return order;
}

function idsOf({ count, ids }: TradeColumns, order: Uint32Array): string {
  let text = '';
  for (let i = 0; i < count; i++) {
    const id = ids[order[i]];
    if (i > 0) text += '\n';
    text += id.includes('\n') ? id.replaceAll('\n', '') : id;
  }
  return text;
}

/** @throws DataError where the bytes are none of `packTrades` */
export async function unpackTrades(instrument: string, data: Uint8Array): Promise<Trade[]> {
  let bytes: Buffer;
  try {
    bytes = await unpack(data, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw new DataError('stored trades cannot be unpacked', { cause });
  }
  const count = bytes.length < 4 ? -1 : bytes.readUInt32LE(0);
  if (count < 0 || bytes.length < 4 + count * FIXED_BYTES) throw new DataError('stored trades are cut short');
  const ids = bytes.toString('utf8', 4 + count * FIXED_BYTES).split('\n');
  return Array.from({ length: count }, (_, i) => ({
    type: 'trade',
    instrument,
    ts: bytes.readDoubleLE(4 + 8 * i),
    price: bytes.readDoubleLE(4 + 8 * (count + i)),
    size: bytes.readDoubleLE(4 + 8 * (2 * count + i)),
    side: SIDES[bytes[4 + 8 * NUMBERS * count + i]],
    id: ids[i] ?? '',
  }));
}
