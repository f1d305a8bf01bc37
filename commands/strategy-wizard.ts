import { UserError } from '../engine/errors.ts';
import { parseStrategy } from '../engine/language/strategy.ts';
import type { PositionSide, StrategyParam, StrategyText } from '../engine/language/strategy-ast.ts';
import { printClauses } from '../engine/language/strategy-print.ts';
import { DAY, formatInterval, HOUR, MINUTE } from '../engine/market/interval.ts';
import { needsOther, type StrategyTemplate, TEMPLATES } from '../engine/strategies/templates.ts';
import type { Action, CommandContext } from './command.ts';
import { offerButton } from './error-message.ts';
import type { Button, Message, TextSpan } from './message.ts';
import { storedScope } from './scope.ts';
import type { PressOutcome } from './service.ts';
import { clausesOf, templateOf } from './strategy-find.ts';
import { saveStrategy } from './strategy-save.ts';
import { heading, inRows, offeredInstruments, stepButtons, symbolOf, type WizardView, wizardState } from './wizard.ts';

/** What was chosen so far. */
interface Draft extends WizardView {
  readonly kind: 'strategy-wizard';
  readonly template?: string;
  /** What the symbol is held against. */
  readonly other?: string;
  /** In ms. */
  readonly interval?: number;
  /** Parameters that were moved away from what the template says. */
  readonly values?: Readonly<Record<string, number>>;
  /** The one side that is taken; both if absent. */
  readonly side?: PositionSide;
}

/** A draft of which all is chosen. */
type Whole = Draft & Required<Pick<Draft, 'instrument' | 'template' | 'interval'>>;

const INTERVALS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY];
/** A parameter goes from one end of its range to the other in so many steps. */
const STEPS = 10;
const TOO_OLD = 'This is too old: type /strategy new again.';
const SIDES: readonly (PositionSide | undefined)[] = [undefined, 'long', 'short'];

/** Leads to a strategy by buttons: which symbol, which idea, which bars, and its numbers. */
export async function startStrategyWizard(context: CommandContext): Promise<Message> {
  const instruments = await offeredInstruments(context);
  const state: Draft = { kind: 'strategy-wizard', owner: context.asker.userId, instruments };
  const id = await context.views.insert({ chatKey: context.chatKey, state });
  return symbolStep(context, id, state);
}

/**
 * Behind the view: `s` a symbol, `p` an idea, `o` what it is held against, `i` an interval, `u` and `d` a number up and down, `l` the
 * sides, `k` keeps it; `a` back to the intervals, `b` to the symbols, `t` how to type it.
 */
export const strategyWizardActions: Readonly<Record<string, Action>> = { sw: { permission: 'own', run: press } };

async function press(context: CommandContext, [id, step, value = '']: readonly string[]): Promise<PressOutcome> {
  const state = await wizardState<Draft>(context, id, 'strategy-wizard');
  if (state === undefined) return { toast: TOO_OLD };
  if (state.owner !== context.asker.userId)
    return { toast: 'That button is not yours: type /strategy new for your own.' };
  if (step === 'b') return { edit: symbolStep(context, id, state) };
  if (step === 't') return { edit: typeIt(context, state) };
  const draft = chosen(state, step, value);
  if (draft === undefined) return { toast: TOO_OLD };
  if (draft !== state) await context.views.update(id, context.chatKey, draft);
  if (step === 's') return { edit: ideaStep(context, id, draft) };
  if (!isWhole(draft)) {
    const template = templateOf(draft.template ?? '');
    if (template === undefined) return { toast: TOO_OLD };
    const lacksOther = needsOther(template) && draft.other === undefined;
    return { edit: lacksOther ? otherStep(context, id, draft, template) : intervalStep(context, id, draft, template) };
  }
  return step === 'k' ? kept(context, draft) : { edit: await numbersStep(context, id, draft) };
}

/** The draft after a step; undefined where that chooses nothing that there is. */
function chosen(draft: Draft, step: string, value: string): Draft | undefined {
  const { instruments, instrument } = draft;
  switch (step) {
    case 's':
      return value in instruments ? { ...without(draft), instrument: instruments[Number(value)] } : undefined;
    case 'p':
      return instrument !== undefined && templateOf(value)
        ? { ...without(draft), instrument, template: value }
        : undefined;
    case 'o':
      return value in instruments ? { ...draft, other: instruments[Number(value)] } : undefined;
    case 'a': {
      const { interval: _, ...before } = draft;
      return before;
    }
    case 'i':
      return INTERVALS.includes(Number(value)) ? { ...draft, interval: Number(value) } : undefined;
    case 'u':
    case 'd':
      return isWhole(draft) ? moved(draft, value, step === 'u' ? 1 : -1) : undefined;
    case 'l': {
      const { side, ...before } = draft;
      const next = SIDES[(SIDES.indexOf(side) + 1) % SIDES.length];
      return next === undefined ? before : { ...before, side: next };
    }
    default:
      return draft;
  }
}

/** What is chosen before an idea. */
const without = ({ kind, owner, instruments }: Draft): Draft => ({ kind, owner, instruments });

const isWhole = (draft: Draft): draft is Whole =>
  draft.instrument !== undefined && draft.template !== undefined && draft.interval !== undefined;

function moved(draft: Whole, name: string, steps: number): Draft {
  const param = strategyOf(draft, '').params.find((each) => each.name === name);
  return param === undefined ? draft : { ...draft, values: { ...draft.values, [name]: stepped(param, steps) } };
}

/** A parameter one step further, within its range: whole where both its ends are. */
function stepped({ value, low = value, high = value }: StrategyParam, steps: number): number {
  const isWhole = Number.isInteger(low) && Number.isInteger(high) && high - low >= STEPS / 2;
  const step = isWhole ? Math.max(1, Math.round((high - low) / STEPS)) : (high - low) / STEPS;
  const next = Math.min(high, Math.max(low, value + steps * step));
  return isWhole ? next : Number(next.toPrecision(6));
}

/** The draft as a strategy of this name; without one it has no head. */
function strategyOf(draft: Whole, name: string): StrategyText {
  const { instrument, interval, side, other, values = {} } = draft;
  const clauses = clausesOf(templateOf(draft.template)!, other, '/strategy new');
  const text = Object.entries(values).reduce(
    (all, [param, value]) => all.replace(new RegExp(`(param ${param} = )[\\d.]+`), `$1${value}`),
    clauses,
  );
  const read = parseStrategy(text, storedScope({ instrument, interval }), { instruments: [instrument] });
  const { long, short } = read;
  return { ...read, name, long: side === 'short' ? undefined : long, short: side === 'long' ? undefined : short };
}

async function kept(context: CommandContext, draft: Whole): Promise<PressOutcome> {
  const taken = new Set((await context.strategies.list(context.chatKey)).map(({ name }) => name));
  const base = context.market.symbols.get(draft.instrument)?.base ?? '';
  const plain = `${draft.template}-${base}`
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .slice(0, 28);
  let name = plain;
  for (let n = 2; taken.has(name); n++) name = `${plain}-${n}`;
  try {
    return { edit: await saveStrategy(context, strategyOf(draft, name)) };
  } catch (error) {
    if (error instanceof UserError) return { toast: error.message };
    throw error;
  }
}

function symbolStep(context: CommandContext, id: string, state: Draft): Message {
  const make = stepButtons(context, 'sw', id);
  const symbols = state.instruments.map((each, at) => make(symbolOf(context, each), 's', String(at)));
  return {
    text: [{ bold: 'A new strategy' }, '\nFor which symbol?'],
    buttons: [...inRows(symbols), [make('Type it', 't')]],
  };
}

function ideaStep(context: CommandContext, id: string, { instrument = '' }: Draft): Message {
  const make = stepButtons(context, 'sw', id);
  const ideas = TEMPLATES.map(({ name }) => make(name, 'p', name));
  const told = TEMPLATES.flatMap(({ name, summary }): TextSpan[] => ['\n', { bold: name }, ` · ${summary}`]);
  return {
    text: [...heading(context, instrument), '\nBy which idea?', ...told],
    buttons: [...inRows(ideas), [make('◀ Symbols', 'b'), make('Type it', 't')]],
  };
}

function otherStep(context: CommandContext, id: string, draft: Draft, { name, summary }: StrategyTemplate): Message {
  const make = stepButtons(context, 'sw', id);
  const { instruments, instrument = '' } = draft;
  const others = instruments.flatMap((each, at) =>
    each === instrument ? [] : [make(symbolOf(context, each), 'o', String(at))],
  );
  return {
    text: [...heading(context, instrument), '\n', { bold: name }, ` · ${summary}\nHeld against which symbol?`],
    buttons: [...inRows(others), [make('◀ Ideas', 's', String(instruments.indexOf(instrument)))]],
  };
}

function intervalStep(context: CommandContext, id: string, draft: Draft, template: StrategyTemplate): Message {
  const make = stepButtons(context, 'sw', id);
  const { instruments, instrument = '' } = draft;
  const lengths = INTERVALS.map((each) => {
    const isUsual = each === template.interval;
    return make(`${formatInterval(each)}${isUsual ? ' (usual)' : ''}`, 'i', String(each));
  });
  return {
    text: [
      ...heading(context, instrument),
      '\n',
      { bold: template.name },
      ` · ${template.summary}\nOn bars of which length?`,
    ],
    buttons: [...inRows(lengths), [make('◀ Ideas', 's', String(instruments.indexOf(instrument)))]],
  };
}

async function numbersStep(context: CommandContext, id: string, draft: Whole): Promise<Message> {
  const make = stepButtons(context, 'sw', id);
  const strategy = strategyOf(draft, '');
  const clauses = printClauses(strategy);
  const rows = strategy.params.map((param): readonly Button[] => [
    make(`▼ ${param.name} ${stepped(param, -1)}`, 'd', param.name),
    make(`▲ ${param.name} ${stepped(param, 1)}`, 'u', param.name),
  ]);
  const length = formatInterval(draft.interval);
  const sides = draft.side === undefined ? 'long and short' : `${draft.side} only`;
  const tried = `"${clauses}" ${draft.instrument} ${length}`;
  return {
    text: [
      ...heading(context, draft.instrument),
      ` · ${length}\n`,
      { bold: draft.template },
      '\n',
      { code: clauses },
      '\nThe buttons move its numbers; what it would have done is told by Backtest.',
    ],
    buttons: [
      ...rows,
      [make(`Sides: ${sides}`, 'l')],
      [make('✅ Keep it', 'k'), await offerButton(context, 'Backtest', 'backtest', tried), make('◀ Bars', 'a')],
    ],
  };
}

function typeIt(context: CommandContext, { instrument }: Draft): Message {
  const symbol = instrument === undefined ? 'btc' : symbolOf(context, instrument);
  const own = 'long when rsi(14) crosses above 30 exit when rsi(14) > 60 stop 2*atr(14) target 3*atr(14)';
  return {
    text: [
      'Type a name, the symbols, the length of a bar and the rules, for example\n',
      { code: `/strategy new dips on ${symbol} 1h ${own}` },
      '\nor begin with a template:\n',
      { code: `/strategy new cross on ${symbol} 1h like ma-cross` },
    ],
  };
}
