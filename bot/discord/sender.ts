import { DiscordAPIError, RateLimitError, type RawFile, type REST, Routes } from 'discord.js';
import type { ChatPlatform } from '../../commands/platform.ts';
import type { ChatAddress } from '../../commands/service.ts';
import { isUnknownMessage, lacksPermission, toTransportError } from './failures.ts';
import type { InvalidBudget } from './invalid-budget.ts';
import { type Payload, toPayload } from './payload.ts';

export interface SenderParts {
  readonly rest: REST;
  readonly budget: InvalidBudget;
  /** Told of every answer, also a bad one. */
  readonly heard: (error?: unknown) => void;
}

export type Sender = Required<Pick<ChatPlatform, 'send' | 'amend'>>;

/** Posts to channels by their id: no cache and no live gateway is needed. Tries once; trying again is the outbox's. */
export function createSender({ rest, budget, heard }: SenderParts): Sender {
  async function ask(call: () => Promise<unknown>): Promise<unknown> {
    budget.check();
    try {
      const answer = await call();
      heard();
      return answer;
    } catch (error) {
      if (countsAsInvalid(error)) budget.spend();
      heard(error);
      throw error;
    }
  }

  async function post(address: ChatAddress, payload: Payload, nonce: string): Promise<string> {
    const route = Routes.channelMessages(channelOf(address));
    return messageId(await ask(() => rest.post(route, toRequest(payload, nonce))));
  }

  return {
    async send(address, message, nonce) {
      const payload = toPayload(message);
      try {
        return await post(address, payload, nonce);
      } catch (error) {
        const wordsAreLeft = payload.files.length > 0 && payload.content !== '';
        if (!lacksPermission(error) || !wordsAreLeft) throw toTransportError(error);
      }
      try {
        return await post(address, { ...payload, files: [] }, nonce);
      } catch (error) {
        throw toTransportError(error);
      }
    },
    async amend(address, id, message) {
      const { content, embeds, components, mentions } = toPayload(message);
      // Without a word on attachments those that are there stay.
      const body = { content, ...(embeds && { embeds }), components, allowed_mentions: mentions };
      try {
        await ask(() => rest.patch(Routes.channelMessage(channelOf(address), id), { body }));
        return true;
      } catch (error) {
        if (isUnknownMessage(error)) return false;
        throw toTransportError(error);
      }
    },
  };
}

const channelOf = ({ chat, thread }: ChatAddress): string => thread ?? chat;

function toRequest(payload: Payload, nonce: string): { body: object; files?: RawFile[] } {
  const body = {
    content: payload.content,
    ...(payload.embeds && { embeds: payload.embeds }),
    components: payload.components,
    attachments: payload.files.map((file, id) => ({ id, filename: file.name, description: file.description })),
    allowed_mentions: payload.mentions,
    flags: payload.flags,
    nonce,
    enforce_nonce: true,
  };
  if (payload.files.length === 0) return { body };
  return { body, files: payload.files.map((file) => ({ data: file.attachment, name: file.name })) };
}

function messageId(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'id' in answer && typeof answer.id === 'string')
    return answer.id;
  throw new TypeError('the answer holds no message');
}

function countsAsInvalid(error: unknown): boolean {
  if (error instanceof RateLimitError) return true;
  return error instanceof DiscordAPIError && (error.status === 401 || error.status === 403);
}
