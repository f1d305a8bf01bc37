import type { FactEntry, FactUnit, Scale } from '../catalog-entry.ts';

type Extras = Partial<Pick<FactEntry, 'aliases' | 'bounds' | 'levels' | 'isChange' | 'ofPerpetual'>>;

const fact = (
  name: string,
  [unit, scale]: readonly [FactUnit, Scale],
  summary: string,
  source: string,
  example: string,
  extras: Extras = {},
): FactEntry => ({
  ...{ name, aliases: [], params: [], fields: [], scale, summary, source, example, input: 'fact', unit },
  ...extras,
});

const VENUE = 'told by the venue of the perpetual';
const NEWS = 'told through POST /ingest as news_sentiment';
const MARKET = 'told through POST /ingest as market_data';
const ECONOMY = 'told through POST /ingest as economic_indicator';
const IN_PERCENT = ['percent', 'own'] as const;

/** What is told of an instrument, or of the world, besides its trades. Each holds until the next value. */
export const FACTS: readonly FactEntry[] = [
  fact(
    'funding',
    ['fraction', 'fraction'],
    'funding rate that a perpetual pays next, for its interval',
    VENUE,
    'funding > 0.01%',
    {
      aliases: ['funding_rate'],
      levels: [0],
      isChange: true,
      ofPerpetual: true,
    },
  ),
  fact('mark', ['price', 'price'], 'mark price of a perpetual', VENUE, 'abs(mark/price - 1) > 0.5%', {
    aliases: ['mark_price'],
    ofPerpetual: true,
  }),
  fact('index', ['price', 'price'], 'index price that a perpetual follows', VENUE, 'mark - index > 50', {
    aliases: ['index_price'],
    ofPerpetual: true,
  }),
  fact('oi', ['base', 'volume'], 'open interest, in units of the base asset', VENUE, 'change(oi, 12) > 5%', {
    aliases: ['open_interest'],
    ofPerpetual: true,
  }),
  fact(
    'liquidations',
    ['base', 'volume'],
    'size liquidated in the bar so far, in units of the base asset: a sum that begins with each bar',
    VENUE,
    'liquidations > 3*sma(liquidations, 20)',
    { aliases: ['liqs'], ofPerpetual: true },
  ),
  fact('sentiment', ['number', 'centred'], 'how the news speaks of it, from -1 to 1', NEWS, 'sentiment > 0.5', {
    aliases: ['news_sentiment', 'sentiment_score'],
    bounds: [-1, 1],
    levels: [0],
  }),
  fact(
    'sentiment_magnitude',
    ['number', 'volume'],
    'how strongly the news speaks of it',
    NEWS,
    'sentiment_magnitude > 0.8',
  ),
  fact(
    'market_cap',
    ['quote', 'volume'],
    'market capitalisation, in the quote currency',
    MARKET,
    'market_cap > 1000000m',
  ),
  fact('pe_ratio', ['number', 'own'], 'price over earnings of a share', MARKET, 'pe_ratio < 15', { aliases: ['pe'] }),
  fact(
    'gdp_growth_rate',
    IN_PERCENT,
    'growth of the gross domestic product, in percent',
    ECONOMY,
    'gdp_growth_rate < 0',
    {
      aliases: ['gdp_growth'],
    },
  ),
  fact('inflation_rate', IN_PERCENT, 'rise of consumer prices over a year, in percent', ECONOMY, 'inflation_rate > 3', {
    aliases: ['inflation'],
  }),
  fact(
    'unemployment_rate',
    IN_PERCENT,
    'people without work, in percent of those who seek it',
    ECONOMY,
    'unemployment_rate > 5',
    {
      aliases: ['unemployment'],
    },
  ),
  fact('interest_rate', IN_PERCENT, 'key rate of the central bank, in percent', ECONOMY, 'interest_rate > 4'),
];
