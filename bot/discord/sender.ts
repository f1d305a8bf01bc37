import { type RawFile, type REST, Routes } from 'discord.js';
import type { ChatPlatform } from '../../commands/platform.ts';
import type { ChatAddress } from '../../commands/service.ts';
import { TransportError } from '../../engine/errors.ts';
import type { Ask } from './asking.ts';
import { isSharedLimit, isUnknownMessage, lacksPermission, toTransportError } from './failures.ts';
import { type Payload, toPayload } from './payload.ts';
import type { Publisher } from './publisher.ts';
import { hookedId, type Webhooks } from './webhooks.ts';

/** Discord names too short a wait where it is a published message that was changed too often. */
const PUBLISHED_RETRY_MS = 300_000;

export interface SenderParts {
  readonly rest: REST;
  readonly ask: Ask;
  readonly webhooks: Webhooks;
  readonly publisher: Publisher;
}

export type Sender = Required<Pick<ChatPlatform, 'send' | 'amend'>>;

/** Posts to channels by their id: no cache and no live gateway is needed. Tries once; trying again is the outbox's. */
export function createSender({ rest, ask, webhooks, publisher }: SenderParts): Sender {
  async function post(channel: string, payload: Payload, nonce: string): Promise<string> {
    const { body, files } = toRequest(payload);
    const own = { ...body, nonce, enforce_nonce: true };
    return messageId(
      await ask(() => rest.post(Routes.channelMessages(channel), { body: own, ...(files && { files }) })),
    );
  }

  async function asBot(channel: string, payload: Payload, nonce: string): Promise<string> {
    try {
      return await post(channel, payload, nonce);
    } catch (error) {
      const wordsAreLeft = payload.files.length > 0 && payload.content !== '';
      if (!lacksPermission(error) || !wordsAreLeft) throw error;
    }
    return await post(channel, { ...payload, files: [] }, nonce);
  }

  return {
    async send(address, message, nonce) {
      const channel = channelOf(address);
      const payload = toPayload(message);
      const { byline, publish } = message;
      try {
        const hooked = byline === undefined ? undefined : await webhooks.post(channel, byline, toRequest(payload));
        const id = hooked ?? (await asBot(channel, payload, nonce));
        if (publish === true) publisher.publish(channel, hookedId(id)?.[1] ?? id);
        return id;
      } catch (error) {
        throw toTransportError(error);
      }
    },
    async amend(address, id, message) {
      const channel = channelOf(address);
      const { content, embeds, components, mentions } = toPayload(message);
      // Without a word on attachments those that are there stay.
      const body = { content, ...(embeds && { embeds }), components, allowed_mentions: mentions };
      try {
        if (hookedId(id) !== undefined) return await webhooks.edit(channel, id, body);
        await ask(() => rest.patch(Routes.channelMessage(channel, id), { body }));
        return true;
      } catch (error) {
        if (isUnknownMessage(error)) return false;
        if (isSharedLimit(error)) throw later();
        throw toTransportError(error);
      }
    },
  };
}

function later(): TransportError {
  const retryAfterMs = PUBLISHED_RETRY_MS;
  return new TransportError('Discord lets this message not be changed yet', {
    ...{ retryable: true, reason: 'not-yet', retryAfterMs },
  });
}

const channelOf = ({ chat, thread }: ChatAddress): string => thread ?? chat;

function toRequest(payload: Payload): { body: object; files?: RawFile[] } {
  const body = {
    content: payload.content,
    ...(payload.embeds && { embeds: payload.embeds }),
    components: payload.components,
    attachments: payload.files.map((file, id) => ({ id, filename: file.name, description: file.description })),
    allowed_mentions: payload.mentions,
    flags: payload.flags,
  };
  if (payload.files.length === 0) return { body };
  return { body, files: payload.files.map((file) => ({ data: file.attachment, name: file.name })) };
}

function messageId(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'id' in answer && typeof answer.id === 'string')
    return answer.id;
  throw new TypeError('the answer holds no message');
}
