import { DateTime } from 'luxon';
import type { Digest } from '../bot/delivery/gather.ts';
import type { Composed } from '../bot/delivery/lane.ts';
import type { FiringContext } from '../commands/firing-message.ts';
import type { Message, Picture } from '../commands/message.ts';
import { signalDigest } from '../commands/signal-digest.ts';
import { readSignalPayload, SIGNAL, SIGNAL_MOVED, signalMessage } from '../commands/signal-message.ts';
import { signalPicture } from '../commands/signal-picture.ts';
import type { Delivery, DeliveryRecord } from '../db/delivery-rows.ts';
import type { OutboxStore } from '../db/outbox.ts';
import { TransportError } from '../engine/errors.ts';
import type { SignalStory } from '../engine/ledger/rows.ts';
import type { ComposePorts } from './compose.ts';
import { signalLook } from './signal-look.ts';

/** So many signals that are due at once in a chat are one message. */
const FROM = 3;
const MOST = 200;
/** So many are looked at for the one that is the most sure. */
const MOST_LOOKED_AT = 12;

type Rows = Pick<OutboxStore, 'byFiring' | 'carriedBy' | 'isOwedLater' | 'signalSentBetween'>;

/** Makes the messages of signals and what they become, each from what the ledger says when it is about to be sent. */
export function createSignalMessages(
  ports: ComposePorts & { readonly rows: Rows },
  contextOf: (chatKey: string) => Promise<FiringContext | undefined>,
) {
  const { ledger, feeds, rows, clock } = ports;

  /** @throws TransportError `moved` where the chat has another key by now */
  async function contextFor(delivery: Delivery): Promise<FiringContext | undefined> {
    const context = await contextOf(delivery.chatKey);
    await ports.moves.settled();
    const target = feeds.get(readSignalPayload(delivery.payload)?.feedId ?? '')?.feed.targetKey;
    if (target !== undefined && target !== delivery.chatKey) {
      throw new TransportError('the chat has moved', { retryable: true, reason: 'moved', movedTo: target });
    }
    return context;
  }

  /** Whether no signal went out in the chat before `at` (ms) on that day of its clock. */
  async function isFirst({ chat }: FiringContext, at: number): Promise<boolean> {
    const day = DateTime.fromMillis(at, { zone: chat.timeZone }).startOf('day').toMillis();
    return !(await rows.signalSentBetween(chat.key, day, at));
  }

  const storyOf = async ({ firingId }: Delivery): Promise<SignalStory | undefined> =>
    firingId === undefined ? undefined : await ledger.story(firingId);

  async function raised(delivery: Delivery): Promise<Composed | undefined> {
    const [context, story] = [await contextFor(delivery), await storyOf(delivery)];
    const payload = readSignalPayload(delivery.payload);
    if (context === undefined || story === undefined || payload === undefined) return undefined;
    const sentAt = clock.now();
    const feed = feeds.get(payload.feedId);
    const picture = await signalPicture(context, story, feed?.text);
    const message = signalMessage(context, story, { payload, sentAt, isFirstToday: await isFirst(context, sentAt) });
    return { ...message, ...signalLook([feed?.feed], [story]), ...(picture && { picture }) };
  }

  /** The row in whose message a signal went out; undefined where none did. */
  async function carrierOf(firingId: string): Promise<DeliveryRecord | undefined> {
    const mine = (await rows.byFiring(firingId)).find(({ kind }) => kind === SIGNAL);
    return mine?.state === 'sent' || mine?.state === 'merged' ? mine : undefined;
  }

  async function moved(delivery: Delivery): Promise<Composed | undefined> {
    const { firingId = '' } = delivery;
    const context = await contextFor(delivery);
    const mine = await carrierOf(firingId);
    if (context === undefined || mine?.messageId === undefined || mine.finishedAt === undefined) return undefined;
    const carrierId = mine.carrierId ?? mine.id;
    // A later change of the same message tells all.
    if (await rows.isOwedLater(carrierId, SIGNAL_MOVED, delivery.id)) return undefined;
    const told = await rows.carriedBy(carrierId);
    const sentAt = mine.finishedAt;
    const isFirstToday = await isFirst(context, sentAt);
    if (told.length > 1) {
      const message = await listed(context, told, { deliveryId: carrierId, sentAt, isFirstToday });
      return message && { ...message, edits: mine.messageId };
    }
    const [story, payload] = [await storyOf(mine), readSignalPayload(mine.payload)];
    if (story === undefined || payload === undefined) return undefined;
    return {
      ...signalMessage(context, story, { payload, sentAt, isFirstToday }),
      edits: mine.messageId,
    };
  }

  async function listed(
    context: FiringContext,
    deliveries: readonly Delivery[],
    when: { readonly deliveryId: string; readonly sentAt: number; readonly isFirstToday: boolean },
  ): Promise<Message | undefined> {
    const stories = (await Promise.all(deliveries.map(storyOf))).filter((story) => story !== undefined);
    if (stories.length === 0) return undefined;
    const carried = deliveries.map(({ payload }) => feeds.get(readSignalPayload(payload)?.feedId ?? '')?.feed);
    const message = signalDigest(context, stories, when);
    return { ...message, ...signalLook(carried, stories) };
  }

  /** The chart of the signal that is the most sure, the first of several. */
  async function pictureOf(context: FiringContext, deliveries: readonly Delivery[]): Promise<Picture | undefined> {
    let most: { readonly story: SignalStory; readonly feedId: string } | undefined;
    for (const delivery of deliveries.slice(0, MOST_LOOKED_AT)) {
      const [story, payload] = [await storyOf(delivery), readSignalPayload(delivery.payload)];
      if (story === undefined || payload === undefined) continue;
      if (most === undefined || (story.signal.confidence ?? 0) > (most.story.signal.confidence ?? 0))
        most = { story, feedId: payload.feedId };
    }
    return most && signalPicture(context, most.story, feeds.get(most.feedId)?.text);
  }

  const digest: Digest = {
    kind: SIGNAL,
    most: MOST,
    choose: (_first, others) => (others.length + 1 >= FROM ? others : []),
    async compose(deliveries) {
      const context = await contextFor(deliveries[0]);
      if (context === undefined) return undefined;
      const sentAt = clock.now();
      const when = { deliveryId: deliveries[0].id, sentAt, isFirstToday: await isFirst(context, sentAt) };
      const message = await listed(context, deliveries, when);
      const picture = message && (await pictureOf(context, deliveries));
      return message && { ...message, ...(picture && { picture }) };
    },
  };
  return { raised, moved, digest };
}
