import type { RuleText } from '../engine/language/ast.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { HOUR } from '../engine/market/interval.ts';
import { type ListingScope, listingOf } from '../engine/market/listing.ts';
import type { CommandContext } from './command.ts';
import type { FiringContext } from './firing-message.ts';
import { formatLength, formatMinute, formatTime } from './format.ts';
import type { TextSpan } from './message.ts';
import type { Firing } from './ports.ts';

/** Names in one message. */
const MOST = 20;
/** Lists are looked at by the hour: what was not looked at for longer is told late, in ms. */
const LATE_AFTER_MS = 2 * HOUR;

/** `I tell of every new market of binance that is quoted in usdt.` Undefined for a rule on an instrument. */
export function listingStanding({ instrument }: RuleText): string | undefined {
  const scope = listingOf(instrument);
  if (scope === undefined) return undefined;
  const quoted = scope.quote === undefined ? '' : ` that is quoted in ${scope.quote}`;
  return `I look at the list of ${scope.venue} every hour and tell of every new market${quoted}.`;
}

/** `binance lists newusdt`, and below since when, where nobody looked for a while. */
export async function listedWords(
  context: Pick<CommandContext, 'chat' | 'clock' | 'market' | 'listedLast'>,
  scope: ListingScope,
  firing: Pick<Firing, 'ts'>,
): Promise<readonly TextSpan[]> {
  const { chat, clock, listedLast } = context;
  const all = (await listedLast?.(scope.venue, firing.ts)) ?? [];
  const listed = all.filter(({ instrument }) => isQuotedIn(context, instrument, scope.quote));
  const names = listed.map(({ instrument }) => splitInstrument(instrument)[1]);
  const absentAt = listed[0]?.absentAt;
  const isLate = absentAt !== undefined && firing.ts - absentAt > LATE_AFTER_MS;
  const more = names.length > MOST ? ` and ${names.length - MOST} more` : '';
  const what = names.length === 0 ? 'new markets' : `${names.slice(0, MOST).join(', ')}${more}`;
  const spans: TextSpan[] = [{ bold: `${scope.venue} lists ${what}` }];
  if (!isLate) return [...spans, `\nSeen ${formatTime(firing.ts, chat.timeZone, clock.now())}.`];
  const since = formatMinute(absentAt, chat.timeZone, clock.now());
  return [...spans, `\nSome time since ${since}: I have not looked for ${formatLength(firing.ts - absentAt)}.`];
}

/** A market whose list is not there any more is judged by its name. */
function isQuotedIn(
  { market }: Pick<CommandContext, 'market'>,
  instrument: string,
  quote: string | undefined,
): boolean {
  if (quote === undefined) return true;
  const known = market.symbols.get(instrument)?.quote;
  return known === undefined ? instrument.replace(/\.p$/, '').endsWith(quote) : known === quote;
}

/** The words of a firing. @param late `late 4m12s · ` where its message is */
export async function listingText(
  context: FiringContext,
  scope: ListingScope,
  firing: Firing,
  late: readonly TextSpan[],
): Promise<readonly TextSpan[]> {
  const spans: TextSpan[] = ['🔔 ', ...late, ...(await listedWords(context, scope, firing))];
  if (firing.suppressed > 0) spans.push(`\n${firing.suppressed} more times since the last one, kept quiet.`);
  return spans;
}
