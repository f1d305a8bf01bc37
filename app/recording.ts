import type { Recorder } from '../feeds/recorder.ts';
import type { MarketHost } from './market-host.ts';

/** Has everything recorded that the feeds tell. What the engine makes of it is not recorded: it makes the same of the same. */
export function record(market: MarketHost, recorder: Recorder): void {
  market.onEvent((event) => {
    switch (event.type) {
      case 'trade':
      case 'bars':
      case 'fact':
      case 'book':
      case 'gap':
        recorder.event(event);
        break;
      case 'bar-closed':
      case 'fired':
      case 'rule-state':
      case 'history-needed':
      case 'book-wanted':
      case 'fact-taken':
      case 'facts-needed':
      case 'refused':
      case 'signal':
      case 'signal-event':
      case 'strategy-blind':
        break;
    }
  });
}
