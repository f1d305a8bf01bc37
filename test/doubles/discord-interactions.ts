import type { HttpAnswer, RestCall } from './discord-http.ts';
import {
  asArray,
  asFields,
  assertNotEmpty,
  checkChoice,
  DiscordRefusal,
  type DoubleMessage,
  EPHEMERAL,
  type Fields,
  LOADING,
  readMessage,
  toWire,
} from './discord-model.ts';

/** How one interaction went; it changes as the bot answers. */
export interface DoubleInteraction {
  readonly id: string;
  readonly token: string;
  readonly channelId: string;
  /** The message that a pressed button is on. */
  readonly source: DoubleMessage | undefined;
  /** 4 reply, 5 deferred, 6 deferred update, 7 update, 8 suggestions; undefined while it is unanswered. */
  callback: number | undefined;
  /** What `@original` means now. */
  original: DoubleMessage | undefined;
  readonly followups: DoubleMessage[];
  choices: { name: string; value: string }[] | undefined;
  /** Too late: neither an answer nor a follow-up is taken. */
  expired: boolean;
}

export interface MessageStore {
  readonly messages: Map<string, DoubleMessage>;
  readonly bot: Fields;
  nextId(): string;
}

export function createMessage(
  store: MessageStore,
  channelId: string,
  call: Pick<RestCall, 'files'>,
  body: Fields,
  flags: number,
  sender: Pick<DoubleMessage, 'webhookId' | 'byline'> = {},
): DoubleMessage {
  const nonce = typeof body.nonce === 'string' ? { nonce: body.nonce } : {};
  const parts = readMessage(body, call.files, store.nextId);
  const message: DoubleMessage = {
    id: store.nextId(),
    channelId,
    content: '',
    cards: [],
    buttons: [],
    attachments: [],
    flags,
    edits: 0,
    deleted: false,
    ...nonce,
    ...sender,
    ...parts,
  };
  if ((flags & LOADING) === 0) assertNotEmpty(message);
  store.messages.set(message.id, message);
  return message;
}

/** Attachments that a body names are all that stay; one that names none and brings files adds them to what is there. */
export function editMessage(
  store: MessageStore,
  message: DoubleMessage,
  call: Pick<RestCall, 'files'>,
  body: Fields,
): void {
  const { attachments, ...parts } = readMessage(body, call.files, store.nextId);
  const added = body.attachments === undefined ? message.attachments : [];
  const next = { ...message, ...parts, attachments: [...added, ...(attachments ?? [])] };
  assertNotEmpty(next);
  Object.assign(message, next);
  message.flags &= ~LOADING;
  message.edits++;
}

/** `POST /interactions/{id}/{token}/callback` */
export function answerInteraction(
  store: MessageStore,
  interaction: DoubleInteraction | undefined,
  call: RestCall,
): HttpAnswer {
  if (interaction === undefined || interaction.expired) throw new DiscordRefusal(404, 10062, 'Unknown interaction');
  if (interaction.callback !== undefined) {
    throw new DiscordRefusal(400, 40060, 'Interaction has already been acknowledged.');
  }
  const type = Number(call.body.type);
  const data = asFields(call.body.data);
  applyCallback(store, interaction, call, type, data);
  interaction.callback = type;
  if (call.query.get('with_response') !== 'true') return { status: 204 };
  return { status: 200, body: { interaction: { id: interaction.id, type: 2 }, resource: { type } } };
}

function applyCallback(
  store: MessageStore,
  interaction: DoubleInteraction,
  call: RestCall,
  type: number,
  data: Fields,
): void {
  const flags = Number(data.flags ?? 0);
  if (type === 4) interaction.original = createMessage(store, interaction.channelId, call, data, flags);
  else if (type === 5)
    interaction.original = createMessage(store, interaction.channelId, call, {}, (flags & EPHEMERAL) | LOADING);
  else if (type === 8) interaction.choices = readChoices(data);
  else if ((type === 6 || type === 7) && interaction.source !== undefined) {
    if (type === 7) editMessage(store, interaction.source, call, data);
    interaction.original = interaction.source;
  } else throw new DiscordRefusal(400, 50035, `Invalid Form Body: type ${type}`);
}

function readChoices(data: Fields): { name: string; value: string }[] {
  const choices = asArray(data.choices);
  if (choices.length > 25) throw new DiscordRefusal(400, 50035, 'Invalid Form Body: choices[BASE_TYPE_MAX_LENGTH]');
  for (const choice of choices) checkChoice(choice);
  return choices as unknown as { name: string; value: string }[];
}

/** `/webhooks/{app}/{token}` and the messages below it. */
export function useWebhook(
  store: MessageStore,
  interaction: DoubleInteraction | undefined,
  call: RestCall,
  target: string | undefined,
): HttpAnswer {
  if (interaction?.callback === undefined) throw new DiscordRefusal(404, 10015, 'Unknown Webhook');
  if (interaction.expired) throw new DiscordRefusal(401, 50027, 'Invalid Webhook Token');
  if (call.method === 'POST') return { status: 200, body: toWire(followUp(store, interaction, call), store.bot) };
  const message = target === '@original' ? interaction.original : store.messages.get(target ?? '');
  if (message === undefined || message.deleted) throw new DiscordRefusal(404, 10008, 'Unknown Message');
  if (call.method === 'DELETE') {
    message.deleted = true;
    return { status: 204 };
  }
  if (call.method === 'PATCH') editMessage(store, message, call, call.body);
  return { status: 200, body: toWire(message, store.bot) };
}

/** The first follow-up of a deferred answer IS that answer, seen by those for whom it was deferred. */
function followUp(store: MessageStore, interaction: DoubleInteraction, call: RestCall): DoubleMessage {
  const { original } = interaction;
  if (original !== undefined && !original.deleted && (original.flags & LOADING) !== 0) {
    editMessage(store, original, call, call.body);
    return original;
  }
  const message = createMessage(store, interaction.channelId, call, call.body, Number(call.body.flags ?? 0));
  interaction.followups.push(message);
  return message;
}
