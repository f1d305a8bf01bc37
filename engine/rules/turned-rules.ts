import type { LiveRule } from './live-rule.ts';

/** How a rule stands in the list of those that turned: not at all, without having turned since its last change of state, or with that. */
export type TurnMark = 'unlisted' | 'settled' | 'turned';

/** Rules whose condition turned since their last change of state, each once. What marks them lies in the rule, which is at hand. */
export class TurnedRules {
  private listed: LiveRule[] = [];

  note(rule: LiveRule): void {
    if (rule.turnMark === 'unlisted') this.listed.push(rule);
    rule.turnMark = 'turned';
  }

  /** Its state changed, which is told anyway. */
  settle(rule: LiveRule): void {
    if (rule.turnMark === 'turned') rule.turnMark = 'settled';
  }

  /** Takes off those that are meant; of the others those stay that are still there. */
  take(isMeant: (rule: LiveRule) => boolean, isThere: (rule: LiveRule) => boolean): readonly LiveRule[] {
    const taken: LiveRule[] = [];
    const { listed } = this;
    this.listed = [];
    for (const rule of listed) {
      const hasTurned = rule.turnMark === 'turned' && isThere(rule);
      rule.turnMark = 'unlisted';
      if (!hasTurned) continue;
      if (isMeant(rule)) taken.push(rule);
      else this.note(rule);
    }
    return taken;
  }
}
