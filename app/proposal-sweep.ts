import type { AuditStore } from '../db/audit.ts';
import type { OutboxStore } from '../db/outbox.ts';
import type { Proposal, ProposalStore } from '../db/proposals.ts';
import type { Clock } from '../engine/clock.ts';
import { MINUTE } from '../engine/market/interval.ts';
import type { Logger } from './part-logger.ts';

export interface ProposalSweepOptions {
  readonly proposals: Pick<ProposalStore, 'expire' | 'unarmed' | 'reopen'>;
  readonly audit: Pick<AuditStore, 'add'>;
  readonly outbox: Pick<OutboxStore, 'enqueue'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when a message is owed. */
  readonly wake: () => void;
}

const EVERY_MS = 5 * MINUTE;
/** After the alerts. */
const PRIORITY = 20;

/** Closes proposals on which nobody decided in time, and opens again what a stop left between its approval and its alert. */
export function createProposalSweep({ proposals, audit, outbox, clock, log, wake }: ProposalSweepOptions) {
  let cancel = (): void => {};

  async function close(): Promise<void> {
    const over = await proposals.expire();
    if (over.length === 0) return;
    const now = clock.now();
    await outbox.enqueue(over.map((proposal) => notice(proposal, now)));
    for (const { id, chatKey } of over) {
      const change = { what: 'proposal.decide', subject: `proposal ${id}`, before: 'open', after: 'expired' };
      await audit.add({ chatKey, userId: 'system', userName: 'system', ...change });
    }
    wake();
  }

  async function sweep(): Promise<void> {
    try {
      await close();
    } catch (error) {
      log.warn({ err: error }, 'proposals could not be closed');
    }
  }

  function again(): void {
    cancel = clock.after(EVERY_MS, () => {
      again();
      void sweep();
    });
  }

  return {
    /** Before anybody can press a button. */
    async start(): Promise<void> {
      for (const { id } of await proposals.unarmed()) await proposals.reopen(id);
      await sweep();
      again();
    },
    stop: () => cancel(),
  };
}

function notice({ id, chatKey, proposerName, text }: Proposal, now: number) {
  const payload = {
    text: [`⌛ Nobody decided on ${proposerName}’s proposal `, { code: text }, ' in 24 hours: it is over.'],
  };
  const times = { priority: PRIORITY, dueAt: now, createdAt: now };
  return { dedupeKey: `proposal ${id} over>${chatKey}`, chatKey, kind: 'notice', payload, ...times };
}
