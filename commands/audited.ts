import { lookWords } from './feed-look.ts';
import type { AuditEntry, CommandPorts, ReloadReport, RulesPort, StoredRule } from './ports.ts';
import { type Asker, chatKey } from './service.ts';
import type { SignalFeedView } from './strategy-ports.ts';

type Change = Pick<AuditEntry, 'what' | 'subject'> & Partial<Pick<AuditEntry, 'before' | 'after'>>;
type Note = (change: Change) => Promise<void>;

/**
 * The ports as somebody in a chat is given them: whatever they change through them is written into the audit log. Commands get
 * no others, so none of them can forget it.
 */
export function audited<Ports extends CommandPorts>(ports: Ports, asker: Asker): Ports {
  const key = chatKey(asker.address);
  const { userId, userName } = asker;
  const note: Note = ({ what, subject, before, after }) =>
    ports.audit.add({ chatKey: key, userId, userName, what, subject, before, after });
  return {
    ...ports,
    rules: auditedRules(ports.rules, note),
    chats: auditedChats(ports.chats, note),
    definitions: auditedDefinitions(ports.definitions, note),
    blocks: auditedBlocks(ports.blocks, note),
    proposals: auditedProposals(ports.proposals, note),
    mutes: auditedMutes(ports.mutes, note),
    pings: auditedPings(ports.pings, note),
    feeds: auditedFeeds(ports.feeds, note),
    ...(ports.reload === undefined ? {} : { reload: auditedReload(ports.reload, note) }),
    ...(ports.webhooks === undefined ? {} : { webhooks: auditedWebhooks(ports.webhooks, note) }),
    ...(ports.simulator === undefined ? {} : { simulator: auditedSimulator(ports.simulator, note) }),
  };
}

const alertOf = (rule: Pick<StoredRule, 'number'> | undefined): string =>
  rule === undefined ? 'alert' : `alert ${rule.number}`;

function auditedRules(rules: RulesPort, note: Note): RulesPort {
  return {
    ...rules,
    async create(rule) {
      const made = await rules.create(rule);
      await note({ what: 'alert.create', subject: `${alertOf(made)} of ${made.ownerId}`, after: made.text });
      return made;
    },
    async replace(id, text, rule) {
      const before = await rules.get(id);
      const made = await rules.replace(id, text, rule);
      if (made !== undefined)
        await note({ what: 'alert.change', subject: alertOf(made), before: before?.text, after: made.text });
      return made;
    },
    async remove(id, cause) {
      const before = await rules.get(id);
      const isRemoved = await rules.remove(id, cause);
      if (isRemoved) await note({ what: 'alert.delete', subject: alertOf(before), before: before?.text });
      return isRemoved;
    },
    async restore(id, cause) {
      const made = await rules.restore(id, cause);
      if (made !== undefined) await note({ what: 'alert.restore', subject: alertOf(made), after: made.text });
      return made;
    },
    async pause(id, until) {
      const before = rules.view(id)?.state;
      await rules.pause(id, until);
      const after = until === undefined ? 'paused' : `muted until ${new Date(until).toISOString()}`;
      await note({ what: 'alert.pause', subject: alertOf(await rules.get(id)), before, after });
    },
    async resume(id) {
      const before = rules.view(id)?.state;
      await rules.resume(id);
      await note({ what: 'alert.resume', subject: alertOf(await rules.get(id)), before, after: rules.view(id)?.state });
    },
  };
}

const shown = (value: unknown): string | undefined => (value === undefined || value === null ? undefined : `${value}`);

function auditedChats(chats: CommandPorts['chats'], note: Note): CommandPorts['chats'] {
  return {
    ...chats,
    async updateSettings(key, settings) {
      const before = await chats.get(key);
      const after = await chats.updateSettings(key, settings);
      for (const name of Object.keys(settings) as (keyof typeof settings)[]) {
        const change = { before: shown(before?.[name]), after: shown(after[name]) };
        if (change.before !== change.after) await note({ what: 'setting.change', subject: name, ...change });
      }
      return after;
    },
  };
}

function auditedDefinitions(definitions: CommandPorts['definitions'], note: Note): CommandPorts['definitions'] {
  return {
    ...definitions,
    async save(definition) {
      const [last] = await definitions.versions(definition.chatKey, definition.name, 1);
      const before = last?.endedAt === undefined ? last?.text : undefined;
      const made = await definitions.save(definition);
      await note({ what: 'name.define', subject: made.name, before, after: made.text });
      return made;
    },
    async remove(id) {
      const before = await definitions.get(id);
      const isRemoved = await definitions.remove(id);
      if (isRemoved) await note({ what: 'name.delete', subject: before?.name ?? id, before: before?.text });
      return isRemoved;
    },
  };
}

function auditedBlocks(blocks: CommandPorts['blocks'], note: Note): CommandPorts['blocks'] {
  return {
    ...blocks,
    async add(block) {
      const isNew = await blocks.add(block);
      if (isNew) await note({ what: 'role.block', subject: block.userId, after: `blocked in ${block.place}` });
      return isNew;
    },
    async remove(place, userId) {
      const isLifted = await blocks.remove(place, userId);
      if (isLifted) await note({ what: 'role.unblock', subject: userId, before: `blocked in ${place}` });
      return isLifted;
    },
  };
}

function auditedProposals(proposals: CommandPorts['proposals'], note: Note): CommandPorts['proposals'] {
  return {
    ...proposals,
    async insert(proposal) {
      const made = await proposals.insert(proposal);
      await note({ what: 'proposal.make', subject: `proposal ${made.id}`, after: made.text });
      return made;
    },
    async vote(id, userId) {
      const counted = await proposals.vote(id, userId);
      const after = `vote ${counted.votes}`;
      if (counted.isNew) await note({ what: 'proposal.vote', subject: `proposal ${id}`, after });
      return counted;
    },
    async decide(id, state, userId) {
      const isDecided = await proposals.decide(id, state, userId);
      if (isDecided) await note({ what: 'proposal.decide', subject: `proposal ${id}`, before: 'open', after: state });
      return isDecided;
    },
  };
}

function auditedMutes(mutes: CommandPorts['mutes'], note: Note): CommandPorts['mutes'] {
  return {
    ...mutes,
    async set(mute) {
      await mutes.set(mute);
      const after = `until ${new Date(mute.until).toISOString()}`;
      await note({ what: 'mute.set', subject: mute.symbol || 'everything', after });
    },
    async remove(key, symbol) {
      const count = await mutes.remove(key, symbol);
      if (count > 0) await note({ what: 'mute.end', subject: symbol || 'everything' });
      return count;
    },
  };
}

function auditedPings(pings: CommandPorts['pings'], note: Note): CommandPorts['pings'] {
  return {
    ...pings,
    async toggle(ruleId, userId) {
      const isCalled = await pings.toggle(ruleId, userId);
      await note({ what: isCalled ? 'ping.add' : 'ping.remove', subject: userId, after: `rule ${ruleId}` });
      return isCalled;
    },
  };
}

function auditedFeeds(feeds: CommandPorts['feeds'], note: Note): CommandPorts['feeds'] {
  const words = (feed: SignalFeedView['feed']): string =>
    `${[`${feed.name} in ${feed.targetKey}`, ...lookWords(feed)].join(', ')}: ${feed.text}`;
  return {
    ...feeds,
    async add(wanted) {
      const made = await feeds.add(wanted);
      await note({ what: 'feed.add', subject: `feed ${made.feed.number}`, after: words(made.feed) });
      return made;
    },
    async dress(id, look) {
      const before = feeds.get(id)?.feed;
      const dressed = await feeds.dress(id, look);
      if (before !== undefined && dressed !== undefined) {
        const { feed } = dressed;
        await note({ what: 'feed.change', subject: `feed ${feed.number}`, before: words(before), after: words(feed) });
      }
      return dressed;
    },
    async remove(id) {
      const removed = await feeds.remove(id);
      if (removed !== undefined)
        await note({ what: 'feed.remove', subject: `feed ${removed.feed.number}`, before: words(removed.feed) });
      return removed;
    },
  };
}

function auditedReload(reload: NonNullable<CommandPorts['reload']>, note: Note): NonNullable<CommandPorts['reload']> {
  return async () => {
    const report = await reload();
    await note({ what: 'config.reload', subject: 'settings', after: reloadWords(report) });
    return report;
  };
}

/** What a reload changed, for the log of changes. */
export const reloadWords = ({ changed }: ReloadReport): string =>
  changed.length === 0 ? 'nothing' : changed.map(({ name, from, to }) => `${name} ${from} → ${to}`).join(', ');

function auditedWebhooks(
  webhooks: NonNullable<CommandPorts['webhooks']>,
  note: Note,
): NonNullable<CommandPorts['webhooks']> {
  return {
    ...webhooks,
    async create(hook) {
      const made = await webhooks.create(hook);
      await note({ what: 'webhook.create', subject: `webhook ${made.hook.id}`, after: hook.template ?? 'as it comes' });
      return made;
    },
    async remove(key, id) {
      const before = (await webhooks.list(key)).find((hook) => hook.id === id);
      const isRemoved = await webhooks.remove(key, id);
      if (isRemoved)
        await note({ what: 'webhook.remove', subject: `webhook ${id}`, before: before?.template ?? 'as it comes' });
      return isRemoved;
    },
  };
}

function auditedSimulator(
  simulator: NonNullable<CommandPorts['simulator']>,
  note: Note,
): NonNullable<CommandPorts['simulator']> {
  return {
    async order(order) {
      const size = await simulator.order(order);
      await note({ what: `sim.${order.what}`, subject: order.symbol ?? 'everything', after: String(size) });
      return size;
    },
  };
}
