import { UserError } from '../engine/errors.ts';
import { nearest } from '../engine/language/nearest.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { formatPercent } from './format.ts';
import { requireOperator } from './operator.ts';
import { requireInstrument } from './symbol-argument.ts';

const WHAT = ['crash', 'pump', 'gap', 'silence', 'calm'] as const;
type What = (typeof WHAT)[number];

/** What each does, behind the symbol. */
const DONE: Readonly<Record<What, (size: number, locale: string) => string>> = {
  crash: (size, locale) =>
    `falls by ${formatPercent(size, locale).replace('+', '')} within 20 s, half of it is back after 2 m`,
  pump: (size, locale) =>
    `rises by ${formatPercent(size, locale).replace('+', '')} within 1 m, half of it is gone after 5 m`,
  gap: (size) => `The feed is lost for ${formatInterval(size)}; what is missed then comes late.`,
  silence: (size) => `does not trade for ${formatInterval(size)}`,
  calm: () => 'goes back to where it would be, within 80 s; silences and gaps are over',
};

export const sim: Command = {
  name: 'sim',
  summary: 'Crashes and gaps on demand',
  usage: '/sim crash|pump|gap|silence|calm [SYMBOL] [SIZE]',
  examples: ['/sim crash btcusdt 5%', '/sim pump ethusdt', '/sim gap 30s', '/sim silence btcusdt 2m', '/sim calm'],
  details: 'Without a symbol all are meant. For those that ADMINS names, and for whoever sits at the machine.',
  args: [
    { name: 'what', kind: 'choice', description: 'What is to happen', required: true, choices: WHAT },
    { name: 'symbol', kind: 'symbol', description: 'To whom; all where it is left out', required: false },
    { name: 'size', kind: 'text', description: '5% of a crash or pump, 30s of a gap or silence', required: false },
  ],
  slow: false,
  private: false,
  async run(context, text) {
    const { simulator } = context;
    if (simulator === undefined) {
      return { text: ['There is no simulated market here: my prices come from ', venues(context), '.'] };
    }
    // A market that crashes is everybody's.
    requireOperator(context, 'have things happen on the simulated market');
    const [word = '', ...rest] = text.trim().toLowerCase().split(/\s+/);
    const what = WHAT.find((one) => one === word);
    if (what === undefined) throw unknownOrder(word, text);
    const size = rest.find(isSize);
    const [name, ...surplus] = rest.filter((one) => one !== size);
    if (surplus.length > 0 || (what === 'gap' && name !== undefined)) {
      throw new UserError('sim-surplus', `I do not know what ${quoted(surplus[0] ?? name)} is for.`, {
        hint: exampleOf(what),
      });
    }
    const info = name === undefined ? undefined : requireInstrument(context, name, text);
    if (info !== undefined && info.venue !== 'sim') {
      throw new UserError('sim-other-venue', `${info.symbol} of ${info.venue} is not simulated.`);
    }
    const done = DONE[what](simulator.order({ what, symbol: info?.symbol, size }), context.chat.locale);
    if (what === 'gap') return { text: [done] };
    return { text: [{ bold: info?.symbol ?? 'everything' }, ` ${done}.`] };
  },
};

function isSize(word: string): boolean {
  return /^[\d.,-]+\s*(%|[a-z]{0,3})$/.test(word);
}

const exampleOf = (what: What): string =>
  `For example ${sim.examples.find((line) => line.includes(what)) ?? sim.usage}`;

function venues({ market }: CommandContext): string {
  return market
    .feeds()
    .map(({ name }) => name)
    .join(', ');
}

function unknownOrder(word: string, text: string): UserError {
  const rest = text.trim().slice(word.length);
  const reason = word === '' ? 'What is to happen?' : `I cannot have ${quoted(word)} happen.`;
  return new UserError('sim-unknown', reason, {
    hint: `There are ${WHAT.join(', ')}.`,
    suggestions: word === '' ? [] : nearest(word, WHAT).map((each) => `${each}${rest}`),
  });
}
