import { createMarketList } from '../../feeds/markets.ts';
import { toMarket } from '../../feeds/okx-markets.ts';
import type { Markets } from '../../feeds/venue.ts';
import { createManualClock } from './manual-clock.ts';
import { spotRow, swapRow } from './okx-rest.ts';

/** Markets as the venue lists them: spot, a linear swap of 0.01 BTC, inverse ones of 100 and of 10 USD. */
export async function okxMarkets(): Promise<Markets> {
  const rows = [
    spotRow('BTC-USDT'),
    swapRow('BTC-USDT-SWAP', '0.01'),
    swapRow('BTC-USD-SWAP', '100'),
    swapRow('UNI-USD-SWAP', '10'),
    spotRow('BTC-USD'),
  ];
  const list = createMarketList(createManualClock().clock, async () => rows.map((row) => toMarket(row)!));
  await list.load();
  return list;
}
