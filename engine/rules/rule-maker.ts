import type { Expr, Modes, RuleText } from '../language/ast.ts';
import { conditionsOf } from '../language/references.ts';
import type { RuleSetEvent } from '../market/events.ts';
import type { SeriesSupply } from '../series/graph.ts';
import type { Plan } from '../series/plan.ts';
import { buildTest, type Comparison, operandPlans, releaseTest } from './condition-test.ts';
import { LiveRule, type RuleOutput } from './live-rule.ts';
import type { RuleSurroundings } from './rule-book.ts';

const MOST_MODES = 1000;

/** Makes rules and their conditions, sharing what many of them have alike. */
export class RuleMaker {
  private readonly modes = new Map<string, Modes>();
  private readonly alone = new Map<string, readonly string[]>();
  private readonly graph: SeriesSupply<Comparison<LiveRule>>;
  private readonly nameOf: (instrument: string) => string;
  private readonly output: RuleOutput;

  constructor({ graph, nameOf }: Pick<RuleSurroundings, 'graph' | 'nameOf'>, output: RuleOutput) {
    this.graph = graph;
    this.nameOf = nameOf;
    this.output = output;
  }

  /** A rule without its condition. */
  make(event: RuleSetEvent): LiveRule {
    const { instrument, modes } = event.rule.text;
    return new LiveRule(event, { instrument: this.nameOf(instrument), modes: this.shared(modes), output: this.output });
  }

  /** What has to be computed for a rule; notes what it looks at. */
  plan(rule: LiveRule, text: RuleText): ReadonlyMap<Expr, Plan> {
    const plans = operandPlans(conditionsOf(text), text.modes.onClose);
    rule.looksAt(this.instrumentsOf(rule.instrument, [...plans.values()]));
    return plans;
  }

  /**
   * Puts the condition of a rule into the graph; one that cannot be is broken.
   *
   * @param plans as `plan` gave them
   */
  build(rule: LiveRule, text: RuleText, plans: ReadonlyMap<Expr, Plan>, ts: number): void {
    const { graph } = this;
    const { condition, modes, instrument, interval } = text;
    const { onClose } = modes;
    const comparisons: Comparison<LiveRule>[] = [];
    try {
      const crossingsHold = modes.hold !== undefined;
      const context = { owner: rule, graph, instrument, interval, onClose, crossingsHold, plans, comparisons };
      const test = buildTest(condition, context);
      const shown = comparisons.length;
      const rearm = modes.rearm && buildTest(modes.rearm, { ...context, crossingsHold: true });
      const gate = modes.gate && buildTest(modes.gate, { ...context, crossingsHold: true });
      rule.begin({ test, rearm, gate }, comparisons, shown);
      rule.settle(ts);
      graph.step.passed.length = 0;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      releaseTest({ graph, onClose, comparisons });
      rule.break(ts, error.message);
    }
  }

  /** Takes the condition of a rule out of the graph. */
  unbuild(rule: LiveRule): void {
    releaseTest({ graph: this.graph, onClose: rule.onClose, comparisons: rule.all });
  }

  /** Nearly all rules have one of few sets of modes: each is kept once. */
  private shared(modes: Modes): Modes {
    const { rearm, gate, until, message } = modes;
    if ([rearm, gate, until, message].some((part) => part !== undefined)) return modes;
    const key = `${modes.once} ${modes.every} ${modes.onClose} ${modes.hold} ${modes.silent}`;
    const known = this.modes.get(key);
    if (known !== undefined) return known;
    if (this.modes.size < MOST_MODES) this.modes.set(key, modes);
    return modes;
  }

  /** Most rules look at one instrument: the list of it is kept once. */
  private instrumentsOf(own: string, plans: readonly Plan[]): readonly string[] {
    const others = plans.flatMap((plan) => (plan.kind === 'constant' ? [] : plan.instruments));
    if (others.some((instrument) => instrument !== own)) return [...new Set([own, ...others])];
    let alone = this.alone.get(own);
    if (alone === undefined) {
      alone = [own];
      this.alone.set(own, alone);
    }
    return alone;
  }

  /** Nothing is kept of an instrument. */
  forget(instrument: string): void {
    this.alone.delete(instrument);
  }
}
