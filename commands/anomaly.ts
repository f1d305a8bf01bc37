import { UserError } from '../engine/errors.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { ANOMALY_LEVEL } from '../engine/quant/anomaly-meter.ts';
import { type AnomalyAsked, anomalyOf, anomalyPicture, anomalyValues } from './anomaly-found.ts';
import { scanMessage } from './anomaly-scan.ts';
import { anomalyWords } from './anomaly-words.ts';
import type { CommandContext } from './command.ts';
import { deskArguments, intervalArg } from './desk-arguments.ts';
import { deskCommand } from './desk-command.ts';
import type { DeskAnswer } from './desk-report.ts';
import { offerButton } from './error-message.ts';

/** Bars that are judged where no number is named, of one symbol and of many. */
const USUAL = 500;
const USUAL_OF_MANY = 12;
const LIMITS = { usual: 0, least: 12, most: 2_000 };

export const anomaly = deskCommand(
  {
    name: 'anomaly',
    summary: 'What is unusual about a symbol, or about any that is watched',
    usage: '/anomaly [SYMBOL] [INTERVAL] [BARS]',
    examples: ['/anomaly', '/anomaly btc', '/anomaly btc 5m 500'],
    details:
      'Returns, volumes and ranges that stand out, by robust z and an isolation forest, and changes of level. Without a symbol the worst of all that are watched. The score can be an alert: /alert btc anomaly > 0.9.',
    args: [
      {
        name: 'symbol',
        kind: 'symbol',
        description: 'A symbol, e.g. btcusdt; else all that are watched',
        required: false,
      },
      intervalArg('5m'),
      { name: 'bars', kind: 'text', description: 'How many bars are judged, e.g. 500', required: false },
    ],
  },
  async (context, text) => {
    const { instruments, interval, bars } = deskArguments(context, text, LIMITS);
    if (instruments.length > 1)
      throw new UserError('anomaly-symbol', `This is of one symbol or of all, not of ${instruments.length}.`, {
        hint: 'For example /anomaly btc 5m, or /anomaly for all that are watched',
      });
    if (instruments.length === 1)
      return symbolMessage(context, { instrument: instruments[0], interval, judged: bars || USUAL, withBook: true });
    return scanMessage(context, { interval, judged: bars || USUAL_OF_MANY });
  },
);

async function symbolMessage(context: CommandContext, asked: AnomalyAsked): Promise<DeskAnswer> {
  const found = await anomalyOf(context, asked);
  const picture = await anomalyPicture(context, found);
  const rule = `${asked.instrument} ${formatInterval(asked.interval)} anomaly > ${ANOMALY_LEVEL}`;
  return {
    text: anomalyWords(context, found),
    ...(picture && { picture }),
    buttons: [[await offerButton(context, `Alert above ${ANOMALY_LEVEL}`, 'alert', rule)]],
    report: { symbols: [asked.instrument], interval: asked.interval, values: anomalyValues(found) },
  };
}
