import { nearest } from '../engine/language/nearest.ts';
import { clipped, quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { offerButton } from './error-message.ts';
import { preferenceOf } from './known-symbols.ts';
import type { Message } from './message.ts';

const MOST_OFFERS = 3;
const LONGEST_LINE = 60;

/** What other bots call these commands. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  alerts: ['list', 'delete', 'remove', 'cancel', 'stop', 'mute', 'pause', 'unalert', 'rules'],
  alert: ['watch', 'notify', 'set', 'add', 'new', 'when', 'rule'],
  price: ['p', 'quote', 'ticker', 'last'],
  chart: ['c', 'graph', 'plot', 'candles'],
  settings: ['config', 'options', 'timezone', 'zone', 'set_zone'],
  status: ['ping', 'health', 'version'],
  help: ['commands', 'menu', 'h'],
};

/** What is said of a command that does not exist, with the lines that may have been meant as buttons. */
export async function unknownCommand(context: CommandContext, name: string, text: string): Promise<Message> {
  const unknown = `I know no command ${quoted(`/${name}`)}.`;
  const meant = linesMeant(context, name, text).slice(0, MOST_OFFERS);
  if (meant.length === 0) return { text: [`${unknown} `, { code: '/help' }, ' lists what I know.'], private: true };
  const lines = meant.map(([command, rest]) => clipped(`/${command} ${rest}`.trim(), LONGEST_LINE));
  const buttons = meant.map(([command, rest], i) => offerButton(context, lines[i], command, rest));
  return {
    text: [`${unknown} Did you mean `, ...lines.flatMap((line, i) => [i === 0 ? '' : ' or ', { code: line }]), '?'],
    private: true,
    buttons: (await Promise.all(buttons)).map((button) => [button]),
  };
}

/** Commands that are written nearly so or begin so, else what one can do with a symbol that was typed alone. */
function linesMeant(context: CommandContext, name: string, text: string): readonly (readonly [string, string])[] {
  const names = context.commands.map((command) => command.name);
  const begun = names.filter((command) => name.length > 1 && command.startsWith(name));
  const called = names.filter((command) => OTHER_NAMES[command]?.includes(name));
  const near = called.length > 0 ? called : begun.length > 0 ? begun : nearest(name, names, MOST_OFFERS);
  if (near.length > 0) return near.map((command) => [command, text] as const);
  const isSymbol = context.market.symbols.resolve(name, preferenceOf(context)) !== undefined;
  const typed = `${name} ${text}`.trim();
  if (isSymbol && text !== '') return [['alert', typed] as const, ['chart', typed] as const];
  return isSymbol ? [['price', name] as const, ['chart', name] as const] : [];
}
