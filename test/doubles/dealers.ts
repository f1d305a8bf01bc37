import type { VenueName } from '../../feeds/addresses.ts';
import { binance } from '../../feeds/binance.ts';
import { binanceUsdm } from '../../feeds/binance-usdm.ts';
import { bybit } from '../../feeds/bybit.ts';
import { coinbase } from '../../feeds/coinbase.ts';
import { kraken } from '../../feeds/kraken.ts';
import { okx } from '../../feeds/okx.ts';
import type { Venue } from '../../feeds/venue.ts';
import { startBinanceDouble } from './binance.ts';
import { startUsdmDouble } from './binance-usdm.ts';
import { startBybitDouble } from './bybit.ts';
import { startCoinbaseDouble } from './coinbase.ts';
import { startKrakenDouble } from './kraken.ts';
import type { ManualClock } from './manual-clock.ts';
import { startOkxDouble } from './okx.ts';

/** The double of a venue, as far as all have the same: somebody who trades `btcusdt` there. */
export interface Dealer {
  readonly wsUrl: string;
  readonly restUrl: string;
  trade(price: number, size: number): void;
  /** What the venue says every second, where it does not by itself. */
  beat?(): void;
  stop(): Promise<void>;
}

interface DealerOf {
  readonly venue: Venue;
  /** A frame that is left out shows: trades are numbered by one, or frames are. */
  readonly isNumbered: boolean;
  open(time: ManualClock): Promise<Dealer>;
}

/** Every venue that is spoken to natively. */
export const DEALERS: Readonly<Record<VenueName, DealerOf>> = {
  binance: {
    venue: binance,
    isNumbered: true,
    async open({ now }) {
      const double = await startBinanceDouble({ now });
      return { ...double, trade: (price, size) => void double.trade('BTCUSDT', price, size) };
    },
  },
  'binance-usdm': {
    venue: binanceUsdm,
    isNumbered: true,
    async open({ now }) {
      const double = await startUsdmDouble({ now });
      const price = { mark: '100', index: '100', funding: '0.0001', next: now() + 3_600_000 };
      return {
        ...double,
        trade: (at, size) => void double.trade('BTCUSDT', at, size),
        beat: () => double.tellMark('BTCUSDT', price),
      };
    },
  },
  bybit: {
    venue: bybit,
    isNumbered: false,
    async open({ now }) {
      const double = await startBybitDouble({ now });
      return { ...double, trade: (price, size) => void double.trade('spot', 'BTCUSDT', price, size) };
    },
  },
  okx: {
    venue: okx,
    isNumbered: false,
    async open({ now }) {
      const double = await startOkxDouble({ now });
      return { ...double, trade: (price, size) => void double.trade('BTC-USDT', price, size) };
    },
  },
  coinbase: {
    venue: coinbase,
    isNumbered: true,
    async open({ clock }) {
      const double = await startCoinbaseDouble({ clock });
      return { ...double, trade: (price, size) => void double.trade('BTC-USDT', price, size) };
    },
  },
  kraken: {
    venue: kraken,
    isNumbered: true,
    async open({ clock }) {
      const double = await startKrakenDouble(clock);
      return { ...double, trade: (price, size) => void double.trade('BTC/USDT', price, size) };
    },
  },
};
