/** What the dispatcher needs of the outbox; the database's store fits. */

/** One message that is owed to one chat. */
export interface Delivery {
  readonly id: string;
  readonly dedupeKey: string;
  /** As `chatKey` of commands/service.ts makes it. */
  readonly chatKey: string;
  readonly firingId: string | undefined;
  /** What `payload` is, e.g. `alert`. */
  readonly kind: string;
  readonly payload: unknown;
  /** Lower goes first. */
  readonly priority: number;
  readonly dueAt: number;
  /** Tries so far, the running one included. */
  readonly attempts: number;
  readonly createdAt: number;
  /** Why it was made to wait, even where it no longer does. */
  readonly held: string | undefined;
}

/** Any of these may reject; the dispatcher then tries again later. */
export interface OutboxPort {
  /** Claims due rows of one platform, at most one a chat, in order. `excludeChats` are chats without their threads. */
  claimDue(now: number, limit: number, excludeChats: readonly string[], platform: string): Promise<readonly Delivery[]>;
  /** What may go out with a row: what an earlier try of it carried, else due rows of exactly its chat and kind, in order. They stay pending. */
  peekWith(
    row: Pick<Delivery, 'id' | 'chatKey' | 'kind'>,
    now: number,
    limit: number,
  ): Promise<{ readonly carried: readonly Delivery[]; readonly free: readonly Delivery[] }>;
  /** Claims rows to be told in another's message. From now on they are retried and end with it. */
  carry(carrierId: string, ids: readonly string[], now: number): Promise<readonly Delivery[]>;
  /** Claims what an earlier try of it carried. */
  claimCarried(carrierId: string, now: number): Promise<readonly Delivery[]>;
  /** Nothing of its message is in the chat: as if it and what it carried had not been tried. */
  dissolve(carrierId: string): Promise<void>;
  /** Not tried after all: they, and what they carry, wait for `until`. */
  defer(ids: readonly string[], until: number, held: string | undefined): Promise<void>;
  /** What it carries is merged. */
  markSent(id: string, messageId: string, at: number): Promise<void>;
  retryAt(id: string, dueAt: number, error: string): Promise<void>;
  markFailed(id: string, error: string, at: number): Promise<void>;
  markExpired(id: string, reason: string, at: number): Promise<void>;
  /** What is pending in the chat and its threads is due at `until` or later. */
  deferChat(chatKey: string, until: number): Promise<void>;
  failChat(chatKey: string, error: string, at: number): Promise<number>;
  expireOld(madeBefore: number, at: number): Promise<number>;
  /** What was claimed before `claimedBefore`, but for the ids in `except`, is pending again. */
  releaseClaimed(claimedBefore?: number, except?: readonly string[]): Promise<number>;
  nextDueAt(after: number): Promise<number | undefined>;
  /** Chats in which a row whose try failed waits for its next. */
  waitingChats(now: number): Promise<readonly { readonly chatKey: string; readonly until: number }[]>;
}
