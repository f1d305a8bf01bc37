import type { Regime } from '../engine/quant/regime.ts';
import type { JudgedCandidate } from '../engine/strategies/search/survivor.ts';
import type { CommandContext } from './command.ts';
import { formatFixed, formatLength, formatPercent } from './format.ts';
import type { TextSpan } from './message.ts';
import type { Suggesting } from './strategy-suggest.ts';
import { textTable } from './text-table.ts';

const LACKS: Readonly<Record<Exclude<JudgedCandidate['lacks'], undefined>, string>> = {
  trades: 'few trades',
  loss: 'lost',
  holding: 'held less well',
  luck: 'may be luck',
};

/** What was tried, what came of it, and what is proposed: its place and its text. */
export function suggestWords(
  { chat: { locale } }: Pick<CommandContext, 'chat'>,
  { title, candidates, left, regime }: Suggesting,
  all: readonly (JudgedCandidate | undefined)[],
  found: { readonly at: number; readonly text: string } | undefined,
): readonly TextSpan[] {
  const percent = (value: number): string => formatPercent(value, locale).replace(/\s/, '');
  const rows = candidates.map(({ strategy }, i): readonly string[] => {
    const each = all[i];
    if (each === undefined) return [strategy.name, '–', '–', 'idle'];
    const { equity } = each.report.tested;
    const sharpe = equity.sharpe === undefined ? '–' : formatFixed(equity.sharpe, 1, locale);
    return [strategy.name, percent(equity.total), sharpe, each.lacks === undefined ? 'held up' : LACKS[each.lacks]];
  });
  const some = all.find((each) => each !== undefined)?.report.tested;
  const holding =
    some === undefined
      ? []
      : [
          [
            'holding',
            percent(some.held.total),
            some.held.sharpe === undefined ? '–' : formatFixed(some.held.sharpe, 1, locale),
            '',
          ],
        ];
  const name = found === undefined ? undefined : candidates[found.at]!.strategy.name;
  const sure = found === undefined ? undefined : all[found.at]!.sure;
  const time = some === undefined ? '' : ` on ${formatLength(some.ms)} that they were not chosen on, after costs`;
  const without = left.length === 0 ? '' : ` Without ${left.join(' and ')}, which read more than these bars.`;
  return [
    { bold: name === undefined ? `${title}: none` : `${title}: ${name}` },
    name === undefined
      ? ` · of ${candidates.length} templates none held up\n`
      : ` · ${percent(sure ?? 0)} sure to be more than the luck of the best of ${candidates.length}\n`,
    `${regimeWords(regime, locale)}\n`,
    { pre: textTable([['', 'return', 'Sharpe', ''], ...rows, ...holding]) },
    `\nEach with its values chosen on one part of the past and tried on the next, five times:${time}.${without}`,
    ...(found === undefined
      ? ['\nThat is the usual answer: most markets give nothing away to rules as simple as these.']
      : ['\n', { code: `/strategy new ${found.text}` }]),
  ];
}

const THIRD = 1 / 3;
/** Below this it is told apart from a random walk. */
const SIGNIFICANT = 0.05;

/** `Calm (…), going sideways (…), volume 0.8 of the usual; a random walk for the ADF test (p 0.42), Hurst 0.51.` */
export function regimeWords(regime: Regime, locale: string): string {
  const { volatilityRank, efficiency, efficiencyRank, volume, adf, hurst, window } = regime;
  const plain = (value: number): string => formatPercent(value, locale, 0).replace(/^\+/, '');
  const ratio = (value: number): string => formatFixed(value, 2, locale);
  const mood = volatilityRank < THIRD ? 'Calm' : volatilityRank > 2 * THIRD ? 'Lively' : 'As lively as usual';
  const way = efficiencyRank > 2 * THIRD ? 'trending' : efficiencyRank < THIRD ? 'going sideways' : 'no clear trend';
  const traded = volume === undefined ? '' : `, volume ${ratio(volume)} of the usual`;
  const kind = adf < SIGNIFICANT ? 'comes back to a mean' : 'not told apart from a random walk';
  return (
    `The last ${window} bars: ${mood.toLowerCase()} (more than ${plain(volatilityRank)} of the past), ${way} (efficiency ${ratio(efficiency)}, more than ` +
    `${plain(efficiencyRank)})${traded}. The price: ${kind} (ADF p ${ratio(adf)}), Hurst ${ratio(hurst)}.`
  );
}
