/** What people call a coin, by its base. */
const BASES: ReadonlyMap<string, string> = new Map([
  ['bitcoin', 'btc'],
  ['xbt', 'btc'],
  ['ethereum', 'eth'],
  ['ether', 'eth'],
  ['solana', 'sol'],
  ['ripple', 'xrp'],
  ['binancecoin', 'bnb'],
  ['dogecoin', 'doge'],
  ['cardano', 'ada'],
  ['litecoin', 'ltc'],
  ['polkadot', 'dot'],
  ['avalanche', 'avax'],
  ['chainlink', 'link'],
  ['tron', 'trx'],
  ['toncoin', 'ton'],
  ['monero', 'xmr'],
  ['stellar', 'xlm'],
  ['uniswap', 'uni'],
]);

/** `btc` for `bitcoin`; undefined where nothing is known of the name. */
export function baseOf(name: string): string | undefined {
  return BASES.get(name.trim().toLowerCase());
}
