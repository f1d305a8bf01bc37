import type { Message } from './message.ts';
import type { Asker, ChatAddress, CommandService } from './service.ts';

export interface PlatformStatus {
  readonly state: 'off' | 'connecting' | 'live' | 'down';
  /** When it last heard from or reached the platform, in ms; undefined if never. */
  readonly lastSeen: number | undefined;
  /** Why it is not live, in one line. */
  readonly detail?: string;
}

/** A chat that messages can be sent to. */
export interface Place {
  readonly address: ChatAddress;
  readonly title: string;
  readonly kind: 'private' | 'group' | 'channel';
  /** What is posted there can be handed on to those who follow it. */
  readonly isAnnouncement?: boolean;
}

/** One chat platform: updates in, replies and deliveries out. */
export interface ChatPlatform {
  readonly name: string;
  /** Connects and serves until `stop`. Resolves once it serves or will go on trying; a wrong token is reported in `status`. */
  start(service: CommandService): Promise<void>;
  /** Takes no more updates, waits for what is in flight, closes. `send` goes on working: what is owed goes out last. */
  stop(): Promise<void>;
  /**
   * Sends one message. `nonce` (at most 25 characters) is equal for every try of one delivery.
   * @returns the platform's id of the message
   * @throws TransportError, with retryAfterMs where the platform gave one
   */
  send(address: ChatAddress, message: Message, nonce: string): Promise<string>;
  /**
   * Gives a message that was sent other words and buttons; a picture under it stays. Missing where messages cannot be changed.
   * @returns false where that message can no longer be changed
   * @throws TransportError as `send`
   */
  amend?(address: ChatAddress, messageId: string, message: Message): Promise<boolean>;
  status(): PlatformStatus;
  /**
   * Where one writes to a user in private; missing where nobody is written to unasked.
   * @param user the platform's id of the user
   * @throws TransportError
   */
  privateChat?(user: string): Promise<ChatAddress>;
  /**
   * Another chat, as somebody names it: `<#123>`, `@channel`, `-100123`. Missing where there are no others.
   * @param isOwner whether the asker may post everywhere
   * @throws UserError where there is none, or the asker does not administer it, or the bot may not post there
   */
  place?(named: string, asker: Asker, isOwner: boolean): Promise<Place>;
}
