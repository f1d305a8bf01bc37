import type { FactEntry, FactUnit, Scale } from '../catalog-entry.ts';

const SOURCE = 'the order book of the venue, watched while somebody asks';

const bookFact = (
  name: string,
  [unit, scale]: readonly [FactUnit, Scale],
  summary: string,
  example: string,
  extras: Partial<Pick<FactEntry, 'params' | 'bounds' | 'levels' | 'bare'>> = {},
): FactEntry => ({
  ...{ name, aliases: [], params: [], fields: [], scale, summary, source: SOURCE, example, input: 'fact', unit },
  ofBook: true,
  ...extras,
});

const BPS = [{ name: 'bps', kind: 'number', default: 10, min: 0.1, max: 1000 }] as const;

/** What the order book says at its newest state. */
export const BOOK_FACTS: readonly FactEntry[] = [
  bookFact('bid', ['price', 'price'], 'best price that somebody offers to pay', 'bid > 70k'),
  bookFact('ask', ['price', 'price'], 'best price that somebody asks', 'ask < 70k'),
  bookFact(
    'book_spread',
    ['price', 'own'],
    'best ask less best bid, in the quote currency; without brackets `spread` means it',
    'book_spread > 3*sma(book_spread, 20)',
    { bare: 'spread' },
  ),
  bookFact(
    'spread_bps',
    ['basis points', 'own'],
    'best ask less best bid, in basis points of their middle',
    'spread_bps > 5',
  ),
  bookFact(
    'imbalance',
    ['number', 'centred'],
    'size bid less size asked over both, of the ten best levels of each side: from -1 to 1',
    'imbalance > 0.6 for 30s',
    { bounds: [-1, 1], levels: [0] },
  ),
  bookFact(
    'bid_depth',
    ['base', 'volume'],
    'size bid within so many basis points of the middle',
    'bid_depth(10) < ask_depth(10)/3',
    {
      params: BPS,
    },
  ),
  bookFact(
    'ask_depth',
    ['base', 'volume'],
    'size asked within so many basis points of the middle',
    'ask_depth(10) > 3*bid_depth(10)',
    {
      params: BPS,
    },
  ),
];
