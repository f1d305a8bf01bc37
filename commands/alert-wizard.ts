import { parseExpression } from '../engine/language/parse.ts';
import { lookup } from '../engine/series/catalog.ts';
import { type Choice, SUBJECTS, type Subject } from './alert-choices.ts';
import type { Action, CommandContext } from './command.ts';
import { formatPrice } from './format.ts';
import { preferenceOf } from './known-symbols.ts';
import type { Message, TextSpan } from './message.ts';
import { formatSeriesValue } from './rule-words.ts';
import { scopeOf } from './scope.ts';
import type { PressOutcome } from './service.ts';
import { SYMBOL } from './symbol-argument.ts';
import { valueThen } from './value-then.ts';
import {
  heading,
  inRows,
  OFFERED_SYMBOLS,
  offeredInstruments,
  stepButtons,
  symbolOf,
  type WizardView,
  wizardState,
} from './wizard.ts';

interface WizardState extends WizardView {
  readonly kind: 'alert-wizard';
  /** The rules of the last step. */
  readonly rules?: readonly string[];
}

const TOO_OLD = 'This is too old: type /alert again.';

/** Leads to an alert by buttons: which symbol, what of it, which level. */
export async function startWizard(context: CommandContext): Promise<Message> {
  const instruments = await offeredInstruments(context);
  const state: WizardState = { kind: 'alert-wizard', owner: context.asker.userId, instruments };
  const id = await context.views.insert({ chatKey: context.chatKey, state });
  return symbolStep(context, id, state);
}

/** The same from its second step: a symbol is known. */
export async function wizardFor(context: CommandContext, instrument: string): Promise<Message> {
  const instruments = [...new Set([instrument, ...(await offeredInstruments(context))])].slice(0, OFFERED_SYMBOLS);
  const state: WizardState = { kind: 'alert-wizard', owner: context.asker.userId, instruments, instrument };
  const id = await context.views.insert({ chatKey: context.chatKey, state });
  return subjectStep(context, id, state, instrument, false);
}

/** The instrument of a text that is one symbol and nothing else. A name of the catalog is no symbol. */
export function symbolAlone(context: CommandContext, text: string): string | undefined {
  if (!SYMBOL.test(text) || lookup(text) !== undefined) return undefined;
  return context.market.symbols.resolve(text, preferenceOf(context))?.instrument;
}

/** Behind the view: `s` a symbol, `c` what of it, `m` more of that, `r` a rule; `b` back to the symbols, `t` how to type it. */
export const wizardActions: Readonly<Record<string, Action>> = { aw: { permission: 'own', run: press } };

async function press(context: CommandContext, [id, step, value = '']: readonly string[]): Promise<PressOutcome> {
  const state = await wizardState<WizardState>(context, id, 'alert-wizard');
  if (state === undefined) return { toast: TOO_OLD };
  if (state.owner !== context.asker.userId) return { toast: 'That button is not yours: type /alert for your own.' };
  return pressed(context, id, state, step, value);
}

async function pressed(
  context: CommandContext,
  id: string,
  state: WizardState,
  step: string,
  value: string,
): Promise<PressOutcome> {
  const instrument = step === 's' ? state.instruments[Number(value)] : state.instrument;
  if (step === 'b') return { edit: symbolStep(context, id, state) };
  if (step === 't') return { edit: typeIt(context, instrument) };
  if (instrument === undefined) return { toast: TOO_OLD };
  if (step === 's') {
    await context.views.update(id, context.chatKey, { ...state, instrument });
    return { edit: subjectStep(context, id, state, instrument, false) };
  }
  if (step === 'm') return { edit: subjectStep(context, id, state, instrument, true) };
  if (step === 'r') return saved(context, state.rules?.[Number(value)]);
  const subject = SUBJECTS.find(({ key }) => key === value);
  return subject === undefined ? { toast: TOO_OLD } : levelStep(context, id, state, instrument, subject);
}

/** As if the rule had been typed: the answer says what it does, and its button deletes it again. */
async function saved(context: CommandContext, rule: string | undefined): Promise<PressOutcome> {
  const alert = context.commands.find(({ name }) => name === 'alert');
  if (rule === undefined || alert === undefined) return { toast: TOO_OLD };
  return { edit: await alert.run(context, rule) };
}

function symbolStep(context: CommandContext, id: string, state: WizardState): Message {
  const make = maker(context, id);
  const symbols = state.instruments.map((each, at) => make(symbolOf(context, each), 's', String(at)));
  return {
    text: [{ bold: 'A new alert' }, '\nWhich symbol?'],
    buttons: [...inRows(symbols), [make('Other: type it', 't')]],
  };
}

function subjectStep(
  context: CommandContext,
  id: string,
  state: WizardState,
  instrument: string,
  isMore: boolean,
): Message {
  const make = maker(context, id);
  const shown = SUBJECTS.filter((subject) => subject.isMore === isMore);
  const buttons = shown.map(({ key, label }) => make(label, 'c', key));
  const last = [
    make('◀ Symbols', 'b'),
    isMore ? make('◀ What', 's', String(Math.max(0, state.instruments.indexOf(instrument)))) : make('More…', 'm'),
    make('Type it', 't'),
  ];
  return { text: [...heading(context, instrument), '\nWhat of it?'], buttons: [...inRows(buttons), last] };
}

async function levelStep(
  context: CommandContext,
  id: string,
  state: WizardState,
  instrument: string,
  subject: Subject,
): Promise<PressOutcome> {
  const last = context.market.price(instrument)?.price;
  const tick = context.market.symbols.get(instrument)?.tick;
  const { locale } = context.chat;
  const choices = subject.choices({ last, price: (value) => formatPrice(value, tick, locale), tick });
  if (choices.length === 0) return { toast: `There is no price of ${symbolOf(context, instrument)} yet.` };
  const rules = choices.map(({ condition }) => `${instrument} ${condition}`);
  const where = Math.max(0, state.instruments.indexOf(instrument));
  await context.views.update(id, context.chatKey, { ...state, instrument, rules });
  const make = maker(context, id);
  const buttons = choices.map(({ label }: Choice, at) => make(label, 'r', String(at)));
  const back = [make('◀ What', 's', String(where)), make('Type it', 't')];
  return {
    edit: {
      text: [
        ...heading(context, instrument),
        ...(await valueNow(context, instrument, subject)),
        `\n${subject.question}`,
      ],
      buttons: [...inRows(buttons, subject.aRow), back],
    },
  };
}

/** ` · rsi(14) 55.2`; nothing where it cannot be had. */
async function valueNow(
  context: CommandContext,
  instrument: string,
  { series }: Subject,
): Promise<readonly TextSpan[]> {
  const last = context.market.price(instrument);
  if (series === undefined || last === undefined) return [];
  const expr = parseExpression(series, scopeOf(context, instrument));
  const now = context.clock.now();
  try {
    const value = await valueThen(context.market, expr, { ts: now, price: last.price, instrument, tradeId: '' }, now);
    const written = formatSeriesValue(context.market, expr, value, context.chat.locale);
    return Number.isNaN(value) ? [] : [` · ${series} ${written}`];
  } catch (error) {
    context.log.info({ err: error, instrument }, 'a value beside the choices of an alert could not be had');
    return [];
  }
}

function typeIt(context: CommandContext, instrument: string | undefined): Message {
  const symbol = instrument === undefined ? 'SYMBOL' : symbolOf(context, instrument);
  const examples = ['price > 70k', 'rsi < 30', '+5% 1h'].map(
    (each): TextSpan => ({ code: `/alert ${symbol} ${each}` }),
  );
  const lead = instrument === undefined ? [{ code: '/alert SYMBOL' }, ' leads on with any symbol. '] : [];
  return {
    text: [
      ...lead,
      instrument === undefined ? 'Or type the rule, for example' : 'Type what should happen, for example',
      ...examples.flatMap((each) => ['\n', each]),
    ],
  };
}

const maker = (context: CommandContext, id: string) => stepButtons(context, 'aw', id);
