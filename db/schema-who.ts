import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Tables of who may what, and who did what; times are ms since the epoch. */

/** Who may do nothing, and where. */
export const blocks = sqliteTable(
  'blocks',
  {
    /** A chat's key without its thread; `*` for everywhere. */
    place: text().notNull(),
    userId: text('user_id').notNull(),
    byId: text('by_id').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.place, t.userId] })],
);

// Triggers refuse every UPDATE and DELETE, which drizzle cannot say: added by hand in its migration.
/** Every change that somebody made: rows are added and never touched again. */
export const audit = sqliteTable(
  'audit',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    ts: integer().notNull(),
    /** Empty where it belongs to no chat. */
    chatKey: text('chat_key').notNull(),
    /** `telegram:123`, or `system`. */
    userId: text('user_id').notNull(),
    userName: text('user_name').notNull(),
    /** What was done: `rule.create`. */
    what: text().notNull(),
    /** To what: `alert 3`, `zone`. */
    subject: text().notNull(),
    before: text('old'),
    after: text('new'),
  },
  (t) => [index('audit_chat').on(t.chatKey, t.id)],
);

export type ProposalState = 'open' | 'approved' | 'rejected' | 'expired';

/** Alerts that members of a group would like it to have. */
export const proposals = sqliteTable(
  'proposals',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    chatKey: text('chat_key').notNull(),
    proposerId: text('proposer_id').notNull(),
    proposerName: text('proposer_name').notNull(),
    /** The alert's canonical text, and the names of the chat's definitions that it was written with. */
    text: text().notNull(),
    definitions: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
    /** Votes that arm it; 0 where only an admin can. */
    votesNeeded: integer('votes_needed').notNull(),
    state: text().$type<ProposalState>().notNull().default('open'),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    decidedAt: integer('decided_at'),
    decidedBy: text('decided_by'),
    /** The alert that came of it; missing where the program ended between the decision and the alert. */
    ruleId: text('rule_id'),
  },
  (t) => [index('proposals_chat').on(t.chatKey, t.state, t.expiresAt)],
);

export const proposalVotes = sqliteTable(
  'proposal_votes',
  {
    proposalId: integer('proposal_id').notNull(),
    userId: text('user_id').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.proposalId, t.userId] })],
);
