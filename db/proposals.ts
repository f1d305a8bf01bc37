import { and, asc, count, eq, gt, lte, type SQL } from 'drizzle-orm';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { rowId } from './row-id.ts';
import { type ProposalState, proposals, proposalVotes } from './schema-who.ts';

/** An alert that a member would like the chat to have. */
export interface Proposal {
  /** Short decimal digits. */
  readonly id: string;
  readonly chatKey: string;
  readonly proposerId: string;
  readonly proposerName: string;
  /** Canonical text of the alert, and the names of the chat's definitions that it was written with. */
  readonly text: string;
  readonly definitions: readonly string[];
  /** Votes that arm it; 0 where only an admin can. */
  readonly votesNeeded: number;
  readonly state: ProposalState;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** The alert that came of it. */
  readonly ruleId: string | undefined;
}

export type NewProposal = Omit<Proposal, 'id' | 'state' | 'createdAt' | 'ruleId'>;

export interface ProposalStore {
  insert(proposal: NewProposal): Promise<Proposal>;
  get(id: string): Promise<Proposal | undefined>;
  /** How many of a chat are open now, or of one proposer in it. */
  countOpen(chatKey: string, proposerId?: string): Promise<number>;
  /** Counts a user's vote once. @returns how many there are with it, and whether it was not counted before */
  vote(id: string, userId: string): Promise<{ readonly votes: number; readonly isNew: boolean }>;
  /** Closes an open one whose time is not over. @returns false where it was closed already: of two at once one has closed it */
  decide(id: string, state: 'approved' | 'rejected', userId: string): Promise<boolean>;
  /** Notes the alert that came of an approved one. */
  armed(id: string, ruleId: string): Promise<void>;
  /** Opens an approved one again of which no alert could be made. */
  reopen(id: string): Promise<void>;
  /** Closes those whose time is over. @returns them */
  expire(): Promise<readonly Proposal[]>;
  /** Approved ones without an alert, oldest first: the program ended in between. */
  unarmed(): Promise<readonly Proposal[]>;
}

type Row = typeof proposals.$inferSelect;

function toProposal({ decidedAt: _at, decidedBy: _by, ...row }: Row): Proposal {
  return { ...row, id: String(row.id), ruleId: row.ruleId ?? undefined };
}

export function createProposalStore({ orm, now }: Database): ProposalStore {
  const isOpen = eq(proposals.state, 'open');
  const isApproved = eq(proposals.state, 'approved');

  async function find(where: SQL | undefined): Promise<readonly Proposal[]> {
    return (await orm.select().from(proposals).where(where).orderBy(asc(proposals.id))).map(toProposal);
  }

  async function change(where: SQL | undefined, set: Partial<Row>): Promise<readonly Proposal[]> {
    return (await orm.update(proposals).set(set).where(where).returning()).map(toProposal);
  }

  return {
    insert: (proposal) =>
      guarded('saving a proposal', async () => {
        const row = { ...proposal, createdAt: now() };
        return toProposal((await orm.insert(proposals).values(row).returning())[0]);
      }),
    get: (id) => guarded('reading a proposal', async () => (await find(eq(proposals.id, rowId(id))))[0]),
    countOpen: (chatKey, proposerId) =>
      guarded('counting proposals', async () => {
        const theirs = proposerId === undefined ? undefined : eq(proposals.proposerId, proposerId);
        const mine = and(eq(proposals.chatKey, chatKey), isOpen, gt(proposals.expiresAt, now()), theirs);
        return (await orm.select({ n: count() }).from(proposals).where(mine))[0].n;
      }),
    vote: (id, userId) =>
      guarded('counting a vote', async () => {
        const proposalId = rowId(id);
        const row = { proposalId, userId, createdAt: now() };
        const added = await orm.insert(proposalVotes).values(row).onConflictDoNothing().returning();
        const mine = eq(proposalVotes.proposalId, proposalId);
        const [{ n: votes }] = await orm.select({ n: count() }).from(proposalVotes).where(mine);
        return { votes, isNew: added.length > 0 };
      }),
    decide: (id, state, userId) =>
      guarded('deciding on a proposal', async () => {
        const mine = and(eq(proposals.id, rowId(id)), isOpen, gt(proposals.expiresAt, now()));
        return (await change(mine, { state, decidedAt: now(), decidedBy: userId })).length > 0;
      }),
    armed: (id, ruleId) =>
      guarded('noting an alert of a proposal', async () => {
        await change(and(eq(proposals.id, rowId(id)), isApproved), { ruleId });
      }),
    reopen: (id) =>
      guarded('opening a proposal again', async () => {
        await change(and(eq(proposals.id, rowId(id)), isApproved), { state: 'open', decidedAt: null, decidedBy: null });
      }),
    expire: () =>
      guarded('closing proposals', () =>
        change(and(isOpen, lte(proposals.expiresAt, now())), { state: 'expired', decidedAt: now() }),
      ),
    unarmed: () =>
      guarded('reading proposals', async () =>
        (await find(isApproved)).filter((proposal) => proposal.ruleId === undefined),
      ),
  };
}
