import { closedColumns, sharedCloses } from '../../commands/desk-bars.ts';
import type { DeskPort } from '../../commands/ports.ts';
import { UserError } from '../../engine/errors.ts';
import { splitInstrument } from '../../engine/market/instrument.ts';
import type { StatisticsPort } from '../../web/ports.ts';
import type { MarketHost } from '../market-host.ts';

/** The desk's numbers as HTTP asks for them: the same that the commands tell. */
export function deskAnswers(market: Pick<MarketHost, 'bars'>, desk: DeskPort): StatisticsPort {
  return {
    async stats(instrument, interval, count) {
      const bars = await closedColumns(market, instrument, interval, count);
      return desk.analyse('stats', { bars, interval });
    },
    async pair(a, b, interval, count) {
      const { closes } = await sharedCloses(market, [a, b], interval, count);
      const [y, x] = closes;
      return desk.analyse('pair', { y, x });
    },
    async correlations(instruments, interval, count) {
      if (instruments.length < 2)
        throw new UserError('too-few-symbols', 'A correlation is of two symbols at least.', {
          hint: 'For example symbols=btcusdt,ethusdt',
        });
      // One return fewer than there are closes.
      const { closes } = await sharedCloses(market, instruments, interval, count + 1);
      const { size, values } = await desk.analyse('correlations', { closes });
      const matrix = Array.from({ length: size }, (_, row) =>
        Array.from(values.subarray(row * size, (row + 1) * size)),
      );
      return { symbols: instruments.map((each) => splitInstrument(each)[1]), matrix, bars: closes[0].length - 1 };
    },
  };
}
