import type { ChartRequest } from '../charts/request.ts';
import type { RuleText } from '../engine/language/ast.ts';
import type { Trial } from '../engine/preflight/trial.ts';
import type { CommandContext } from './command.ts';
import { markOf } from './firing-marks.ts';
import { priceDigits } from './format.ts';
import type { Picture } from './message.ts';
import { formatSpan } from './preflight-words.ts';
import { namesOf } from './ratio.ts';
import { priceLevels } from './rule-levels.ts';
import { describeCondition } from './rule-words.ts';

/** The time that a rule was tried on, with a mark for each firing that there would have been. @throws TransportError */
export async function trialPicture(
  { charts, market, chat }: Pick<CommandContext, 'charts' | 'market' | 'chat'>,
  rule: RuleText,
  { bars, interval, firings, tally }: Trial,
): Promise<Picture> {
  const { venue, symbol } = namesOf(rule.instrument);
  const last = bars[bars.length - 1];
  const request: ChartRequest = {
    ...{ symbol, venue, style: 'candles', interval, bars, series: [], timeZone: chat.timeZone },
    digits: priceDigits(last.close, market.symbols.get(rule.instrument)?.tick),
    levels: priceLevels([rule], rule.instrument),
    marks: firings.map((firing) => markOf(firing, rule)),
  };
  const png = await charts.render(request);
  const span = formatSpan(tally.to - tally.from);
  const alt = `${symbol} over ${span}: where ${describeCondition(rule)} would have fired, ${tally.count} times`;
  const key = JSON.stringify(['trial', { ...request, bars: [bars.length, bars[0], last] }]);
  return { png, alt, key };
}
