import { UserError } from '../engine/errors.ts';
import type { RuleText, SeriesExpr } from '../engine/language/ast.ts';
import { corrected, quote } from '../engine/language/failure.ts';
import { parseRule } from '../engine/language/parse.ts';
import { seriesOf } from '../engine/language/references.ts';
import { factKeysOf } from '../engine/market/facts.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { lookup } from '../engine/series/catalog.ts';
import type { CommandContext } from './command.ts';
import { resolveSymbol } from './known-symbols.ts';
import { typedScopeOf } from './scope.ts';

/**
 * `btcusdt funding > 0.01%` on a spot market would wait for ever: venues tell such facts of perpetuals alone.
 * @throws UserError where there is a perpetual that can be meant, and nobody told the fact of the spot market
 */
export async function refuseOfPerpetual(context: CommandContext, text: string, rule: RuleText): Promise<void> {
  for (const series of seriesOf(rule)) {
    const perpetual = isOfPerpetual(series) ? perpetualOf(context, series.instrument) : undefined;
    if (perpetual === undefined || (await isTold(context, series))) continue;
    const [, symbol] = splitInstrument(series.instrument);
    throw new UserError('of-perpetual', `${quote(series.name)} is of perpetuals, and ${symbol} is a spot market`, {
      span: series.span,
      hint: `did you mean ${perpetual}?`,
      suggestions: offers(context, text, series, perpetual),
    });
  }
}

function isOfPerpetual({ name }: SeriesExpr): boolean {
  const entry = lookup(name);
  return entry?.input === 'fact' && entry.ofPerpetual === true;
}

/** The perpetual of the same coin as one would write it here; undefined where there is none, or the market is no spot market. */
function perpetualOf(context: CommandContext, instrument: string): string | undefined {
  const info = context.market.symbols.get(instrument);
  if (info?.kind !== 'spot') return undefined;
  const names = [`${info.base}${info.quote}.p`, `${info.base}.p`];
  return names.find((name) => resolveSymbol(context, name)?.kind === 'perpetual');
}

/** Whether anybody ever told the fact, through `POST /ingest` perhaps. */
async function isTold({ market, clock }: CommandContext, { name, instrument }: SeriesExpr): Promise<boolean> {
  const keys = factKeysOf(name, instrument);
  const known = await market.facts(keys, clock.now());
  return keys.some((key) => (known(key)?.times.length ?? 0) > 0);
}

/** The text with the perpetual in the place of the spot market, where that is about it. */
function offers(context: CommandContext, text: string, series: SeriesExpr, perpetual: string): readonly string[] {
  const scope = typedScopeOf(context);
  const words = [...text.matchAll(/[^\s.,()[\]]+/g)];
  const word = words.find(([each]) => scope.resolve(each.toLowerCase()) === series.instrument);
  if (word === undefined) return [];
  const offer = corrected(text, [word.index, word.index + word[0].length], perpetual);
  try {
    const isStillThere = seriesOf(parseRule(offer, scope)).some(
      ({ name, instrument }) => name === series.name && instrument === series.instrument,
    );
    return isStillThere ? [] : [offer];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
