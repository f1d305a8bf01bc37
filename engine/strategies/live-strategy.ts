import type { Condition, Modes, RuleText } from '../language/ast.ts';
import { boundTo, type PositionSide, type StrategyLevel } from '../language/strategy-ast.ts';
import type { Comparison } from '../rules/condition-test.ts';
import type { LiveRule } from '../rules/live-rule.ts';
import type { Firing, SavedRule } from '../rules/rule.ts';
import type { SeriesNode } from '../series/node.ts';
import { type Plan, planOf } from '../series/plan.ts';
import { levelPrice } from './level-price.ts';
import { Position } from './position.ts';
import type { SavedStrategy, StrategyDefinition, StrategyView } from './signal.ts';
import type { StrategySurroundings } from './strategy-book.ts';

const ON_CLOSE: Modes = {
  once: false,
  every: undefined,
  onClose: true,
  hold: undefined,
  rearm: undefined,
  until: undefined,
  late: undefined,
  silent: true,
  message: undefined,
};

/** What a condition of a strategy is for. */
type Role = 'long' | 'short' | 'exit long' | 'exit short';
const OTHER = { long: 'short', short: 'long' } as const;

/** A stop or a target as it is computed. */
interface LiveLevel {
  readonly how: StrategyLevel['how'];
  readonly plan: Plan;
  /** Undefined for what never changes. */
  node: SeriesNode<Comparison<LiveRule>> | undefined;
}

/** A strategy that runs. */
export class LiveStrategy {
  readonly legs: readonly StrategyLeg[];
  private readonly definition: StrategyDefinition;
  private readonly around: StrategySurroundings;
  private signals: number;
  private skipped = 0;

  constructor(
    definition: StrategyDefinition,
    saved: SavedStrategy | undefined,
    around: StrategySurroundings,
    mark: string,
  ) {
    this.definition = definition;
    this.around = around;
    this.signals = saved?.signals ?? 0;
    const owner: LegOwner = {
      nextId: () => `${definition.id}.${++this.signals}`,
      skip: () => void this.skipped++,
    };
    this.legs = definition.text.instruments.map((id) => new StrategyLeg(id, definition, { around, owner, mark }));
    for (const open of saved?.open ?? []) this.legOf(open.signal.instrument)?.position.restore(open);
  }

  private legOf(instrument: string): StrategyLeg | undefined {
    return this.legs.find((leg) => leg.instrument === instrument);
  }

  /** Puts its conditions into the engine. */
  begin(ts: number, saved: SavedStrategy | undefined): void {
    for (const leg of this.legs) leg.begin(ts, saved?.rules ?? {});
  }

  /** Takes them out again. */
  end(): void {
    for (const leg of this.legs) leg.end();
  }

  view(): StrategyView {
    const { legs, skipped } = this;
    const { id } = this.definition;
    const saved = this.saved();
    const ready = legs.every((leg) => leg.isReady);
    const isBlind = legs.some((leg) =>
      leg.ruleIds.some((ruleId) => this.around.rules.get(ruleId)?.shownState === 'stale'),
    );
    return { id, ready, isBlind, open: saved.open, skipped, saved };
  }

  saved(): SavedStrategy {
    const { legs, signals } = this;
    const rules: Record<string, SavedRule> = {};
    for (const leg of legs) {
      for (const ruleId of leg.ruleIds) {
        const rule = this.around.rules.get(ruleId);
        if (rule !== undefined) rules[leg.nameOf(ruleId)] = rule.saved();
      }
    }
    return { signals, open: legs.flatMap(({ position }) => position.list()), rules };
  }
}

interface LegOwner {
  nextId(): string;
  skip(): void;
}

interface LegSurroundings {
  readonly around: StrategySurroundings;
  readonly owner: LegOwner;
  readonly mark: string;
}

/** What a strategy is for one of its instruments. */
export class StrategyLeg {
  readonly instrument: string;
  readonly position: Position;
  private readonly definition: StrategyDefinition;
  private readonly in: LegSurroundings;
  private readonly conditions: ReadonlyMap<Role, Condition>;
  /** What each of its rules is for. */
  private readonly roles: ReadonlyMap<string, Role>;
  private readonly exits: Readonly<Record<PositionSide, string>>;
  private readonly stop: LiveLevel | undefined;
  private readonly target: LiveLevel | undefined;
  /** What became true since it last decided. */
  private news: Partial<Record<Role, Firing>> = {};

  constructor(instrument: string, definition: StrategyDefinition, surroundings: LegSurroundings) {
    const { long, short, stop, target } = definition.text;
    this.instrument = instrument;
    this.definition = definition;
    this.in = surroundings;
    const roles: readonly (readonly [Role, Condition | undefined])[] = [
      ['exit long', long?.exit],
      ['exit short', short?.exit],
      ['long', long?.enter],
      ['short', short?.enter],
    ];
    this.conditions = new Map(
      roles.flatMap(([role, each]) => (each === undefined ? [] : [[role, boundTo(each, instrument)] as const])),
    );
    this.roles = new Map([...this.conditions.keys()].map((role) => [this.ruleId(role), role]));
    this.exits = { long: this.ruleId('exit long'), short: this.ruleId('exit short') };
    this.stop = this.levelOf(stop);
    this.target = this.levelOf(target);
    const { emit } = surroundings.around;
    this.position = new Position(definition.text, (event) => emit({ type: 'signal-event', event }));
  }

  private levelOf(level: StrategyLevel | undefined): LiveLevel | undefined {
    if (level === undefined) return undefined;
    return { how: level.how, plan: planOf(boundTo(level.expr, this.instrument)), node: undefined };
  }

  private get levels(): readonly LiveLevel[] {
    return [this.stop, this.target].filter((level) => level !== undefined);
  }

  get strategyId(): string {
    return this.definition.id;
  }

  get ruleIds(): readonly string[] {
    return [...this.roles.keys()];
  }

  private ruleId(role: Role): string {
    return `${this.in.mark}${this.definition.id} ${this.instrument} ${role}`;
  }

  /** How a rule of it is called in what is stored. */
  nameOf(ruleId: string): string {
    return ruleId.slice(this.in.mark.length + this.definition.id.length + 1);
  }

  get isReady(): boolean {
    const areReady = this.ruleIds.every((id) => this.in.around.rules.get(id)?.isReady === true);
    return areReady && this.levels.every(({ node }) => node === undefined || !Number.isNaN(node.closed));
  }

  begin(ts: number, saved: SavedStrategy['rules']): void {
    const { rules, graph, want } = this.in.around;
    const { interval } = this.definition.text;
    for (const [role, condition] of this.conditions) {
      const id = this.ruleId(role);
      const text: RuleText = { instrument: this.instrument, interval, condition, modes: ON_CLOSE };
      const before = saved[this.nameOf(id)];
      rules.set({ type: 'rule-set', ts, rule: { id, text }, ...(before === undefined ? {} : { saved: before }) });
    }
    for (const level of this.levels) {
      if (level.plan.kind === 'constant') continue;
      want([level.plan]);
      level.node = graph.acquire(level.plan, false);
    }
  }

  end(): void {
    for (const id of this.ruleIds) this.in.around.rules.remove(id);
    for (const level of this.levels) {
      if (level.node !== undefined) this.in.around.graph.release(level.node, false);
      level.node = undefined;
    }
  }

  /** One of its conditions became true. */
  fired(firing: Firing): void {
    const role = this.roles.get(firing.ruleId);
    if (role !== undefined) this.news[role] = firing;
  }

  /** All conditions of the moment have been looked at: exits first, then entries. */
  decide(): void {
    const { news, position } = this;
    const { side } = position;
    const exit = side && news[`exit ${side}`];
    if (exit !== undefined) position.leave(exit.ts, exit.values);
    const [long, short] = [this.entryOf('long'), this.entryOf('short')];
    if (long !== undefined && short !== undefined) this.in.owner.skip();
    else if (long !== undefined) this.enter('long', long);
    else if (short !== undefined) this.enter('short', short);
    // No map that is cleared over and over: what it leaves behind is linked, and outlives its time.
    this.news = {};
  }

  /** What says to enter a side; nothing where its exit is true at the same time. */
  private entryOf(side: PositionSide): Firing | undefined {
    const firing = this.news[side];
    if (firing === undefined || this.news[`exit ${side}`] !== undefined) return undefined;
    return this.in.around.rules.get(this.exits[side])?.isTrue === true ? undefined : firing;
  }

  private enter(side: PositionSide, { ts, price, values }: Firing): void {
    if (this.position.side === side) return;
    const stop = this.priceOf(this.stop, price, side === 'long' ? -1 : 1);
    const target = this.priceOf(this.target, price, side === 'long' ? 1 : -1);
    if (Number.isNaN(stop) || Number.isNaN(target) || !(price > 0)) {
      this.in.owner.skip();
      // Whoever is on the other side has heard that the market turned.
      if (this.position.side === OTHER[side]) this.position.leave(ts, values);
      return;
    }
    const { id: strategyId } = this.definition;
    const { instrument } = this;
    const signal = { id: this.in.owner.nextId(), strategyId, instrument, side, ts, price, stop, target, values };
    this.position.enter(signal);
    this.in.around.emit({ type: 'signal', signal });
  }

  /** @returns undefined where there is no such level, NaN where it cannot be */
  private priceOf(level: LiveLevel | undefined, price: number, way: 1 | -1): number | undefined {
    if (level === undefined) return undefined;
    const value = level.plan.kind === 'constant' ? level.plan.value : (level.node?.closed ?? Number.NaN);
    return levelPrice(level.how, value, price, way);
  }
}
