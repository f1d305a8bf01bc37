import type { ColumnEntry, Scale } from '../catalog-entry.ts';

type Column = ColumnEntry['column'];

const column = (name: Column, scale: Scale, summary: string, example: string, aliases: string[] = []): ColumnEntry => ({
  name,
  aliases,
  params: [],
  fields: [],
  scale,
  summary,
  source: 'the bar itself',
  example,
  input: 'column',
  column: name,
});

/** What a bar is made of. */
export const COLUMNS: readonly ColumnEntry[] = [
  column('price', 'price', 'price of the last trade', 'price > 70k', ['last']),
  column('open', 'price', 'first price of the bar', 'close > open'),
  column('high', 'price', 'highest price of the bar', 'high > 70k'),
  column('low', 'price', 'lowest price of the bar', 'low < 60k'),
  column('close', 'price', 'last price of the bar, so far while it is open', 'close > ema(200)'),
  column('volume', 'volume', 'size traded in the bar, in units of the base asset', 'volume > 3*sma(volume, 20)', [
    'vol',
  ]),
  column('trades', 'volume', 'number of trades in the bar', 'trades > 2*sma(trades, 20)', ['count']),
  {
    ...column(
      'bought',
      'volume',
      'volume that takers bought; no value where a venue does not tell sides',
      'buys > 2*sells',
    ),
    name: 'buys',
  },
  {
    ...column('sold', 'volume', 'volume that takers sold: volume - buys', 'sells > 3*sma(sells, 20)'),
    name: 'sells',
  },
  column(
    'delta',
    'centred',
    'volume that takers bought less what they sold: buys - sells',
    'delta < -2*std(delta, 50)',
  ),
];
