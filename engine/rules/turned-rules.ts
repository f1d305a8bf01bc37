import type { LiveRule } from './live-rule.ts';

/** Rules whose condition turned since their last change of state, each once. What marks them lies in the rule, which is at hand. */
export class TurnedRules {
  private listed: LiveRule[] = [];

  note(rule: LiveRule): void {
    rule.hasTurned = true;
    if (!rule.isListed) this.list(rule);
  }

  /** Takes off those that are meant; of the others those stay that are still there. */
  take(isMeant: (rule: LiveRule) => boolean, isThere: (rule: LiveRule) => boolean): readonly LiveRule[] {
    const taken: LiveRule[] = [];
    const { listed } = this;
    this.listed = [];
    for (const rule of listed) {
      rule.isListed = false;
      if (!rule.hasTurned || !isThere(rule)) continue;
      if (isMeant(rule)) {
        rule.hasTurned = false;
        taken.push(rule);
      } else this.list(rule);
    }
    return taken;
  }

  private list(rule: LiveRule): void {
    rule.isListed = true;
    this.listed.push(rule);
  }
}
