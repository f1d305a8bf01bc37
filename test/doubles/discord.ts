import {
  type Actor,
  APPLICATION_ID,
  CHANNEL_ID,
  CHANNELS,
  DM_CHANNEL_ID,
  GUILD_ID,
  gatewayInformation,
  greeting,
  interactionFields,
  USER_ID,
} from './discord-fixtures.ts';
import { startGateway } from './discord-gateway.ts';
import { type HttpAnswer, type PlannedAnswer, type RestCall, startHttp } from './discord-http.ts';
import {
  answerInteraction,
  createMessage,
  type DoubleInteraction,
  editMessage,
  type MessageStore,
  useWebhook,
} from './discord-interactions.ts';
import {
  asArray,
  asText,
  DiscordRefusal,
  type DoubleMessage,
  type Fields,
  readCommands,
  toWire,
} from './discord-model.ts';
import { createWebhookDesk, type DoubleRights, type DoubleWebhook } from './discord-webhooks.ts';

export interface DiscordDouble {
  readonly apiRoot: string;
  readonly port: number;
  /** Every REST call, oldest first. */
  readonly sent: readonly RestCall[];
  /** Every message that was ever created, by id. */
  readonly messages: ReadonlyMap<string, DoubleMessage>;
  readonly gateway: Pick<ReturnType<typeof startGateway>, 'identifies' | 'resumes' | 'heartbeats' | 'connected'>;
  /** As the API lists them. */
  registeredCommands(): readonly Fields[];
  readonly webhooks: ReadonlyMap<string, DoubleWebhook>;
  /** What the bot may do in every channel; all of it at first. */
  readonly rights: DoubleRights;
  /** Somebody makes a webhook. */
  addWebhook(channelId: string, name: string, madeBy: string): DoubleWebhook;
  /** Somebody deletes a webhook. */
  deleteWebhook(id: string): void;
  /** Somebody sends a slash command, whose options are all strings. */
  command(name: string, options?: Readonly<Record<string, string>>, actor?: Actor): DoubleInteraction;
  /** Somebody types in one option of a slash command. */
  autocomplete(name: string, focused: string, typed: string, actor?: Actor): DoubleInteraction;
  /** Somebody presses a button that is on a message. */
  press(messageId: string, customId: string, actor?: Actor): DoubleInteraction;
  /** The gateway tells of an interaction once more. */
  replay(interaction: DoubleInteraction): void;
  /** The next call whose `METHOD /path` matches fails so. */
  failNext(route: RegExp, failure: PlannedAnswer): void;
  /** Called before a REST call is done; what it returns is waited for. */
  onCall: ((call: RestCall) => Promise<void> | void) | undefined;
  /** Resolves with the first truthy value that `predicate` gives; asked again whenever something came in. */
  waitFor<T>(predicate: () => T | undefined | false | null): Promise<T>;
  /** Asks those that wait again: for what changed outside of the double. */
  recheck(): void;
  cutGateway(code?: number): void;
  /** The gateway's line stays open, and nothing comes over it any more, heartbeats' answers included. */
  muteGateway(on: boolean): void;
  forgetSessions(): void;
  stop(): Promise<void>;
}

/** A Discord on loopback: REST and gateway speak the real protocol to the real client. */
export async function startDiscordDouble(options: {
  /** How often its gateway asks for a heartbeat, in ms; default: as Discord does. */
  readonly heartbeatMs?: number;
  token: string;
  port?: number;
  now?: () => number;
}): Promise<DiscordDouble> {
  let ids = 1_200_000_000_000_000_000n;
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const check of [...waiting]) check();
  };
  const nextId = () => String(++ids);
  const bot: Fields = { id: APPLICATION_ID, username: 'bellwether', discriminator: '0', avatar: null, bot: true };
  const store: MessageStore = { messages: new Map(), bot, nextId };
  const desk = createWebhookDesk(store, options.now ?? Date.now);
  const interactions = new Map<string, DoubleInteraction>();
  const told = new Map<DoubleInteraction, Fields>();
  let commands: Fields[] = [];

  const http = await startHttp(options.port ?? 0, route, changed, options.now ?? Date.now);
  const socketUrl = `ws://127.0.0.1:${http.port}/gateway`;
  const { token, heartbeatMs } = options;
  const gateway = startGateway({ server: http.server, token, url: socketUrl, greeting, changed, heartbeatMs });

  function route(call: RestCall): HttpAnswer {
    const [, room, id, third, fourth, fifth] = call.path.split('/').map(decodeURIComponent);
    if (room === 'interactions') return answerInteraction(store, interactions.get(third ?? ''), call);
    if (room === 'webhooks' && third !== undefined && id !== APPLICATION_ID)
      return desk.use(call, id ?? '', third, fifth);
    if (room === 'webhooks' && third !== undefined) return useWebhook(store, interactions.get(third), call, fifth);
    if (call.authorization !== `Bot ${options.token}`) throw new DiscordRefusal(401, 0, '401: Unauthorized');
    if (room === 'gateway') return { status: 200, body: gatewayInformation(socketUrl) };
    if (room === 'webhooks') return desk.byId(id ?? '');
    if (room === 'users' && third === 'channels') return openPrivate(call);
    if (room === 'users') return { status: 200, body: bot };
    if (room === 'applications' && third === 'commands') return useCommands(call);
    if (room === 'channels' && third === undefined) return describeChannel(id ?? '');
    if (room === 'channels' && third === 'typing') return seen(id ?? '');
    if (room === 'channels' && third === 'webhooks') return desk.ofChannel(call, id ?? '');
    if (room === 'channels' && third === 'messages' && fifth === 'crosspost') return desk.crosspost(there(fourth));
    if (room === 'channels' && third === 'messages') return useChannel(call, id ?? '', fourth);
    throw new DiscordRefusal(404, 0, '404: Not Found');
  }

  function openPrivate({ body }: RestCall): HttpAnswer {
    if (body.recipient_id !== USER_ID) throw new DiscordRefusal(400, 50033, 'Invalid Recipient(s)');
    return { status: 200, body: { id: DM_CHANNEL_ID, type: 1, recipients: [{ id: USER_ID }] } };
  }

  function useCommands(call: RestCall): HttpAnswer {
    if (call.method === 'PUT') commands = readCommands(call.body, APPLICATION_ID, nextId);
    return { status: 200, body: commands };
  }

  function describeChannel(channelId: string): HttpAnswer {
    const channel = CHANNELS.find((each) => each.id === channelId);
    if (channel === undefined) throw new DiscordRefusal(404, 10003, 'Unknown Channel');
    return { status: 200, body: { ...channel, guild_id: GUILD_ID } };
  }

  function seen(channelId: string): HttpAnswer {
    if (!CHANNELS.some((each) => each.id === channelId)) throw new DiscordRefusal(403, 50001, 'Missing Access');
    return { status: 204 };
  }

  function useChannel(call: RestCall, channelId: string, messageId: string | undefined): HttpAnswer {
    if (!CHANNELS.some((channel) => channel.id === channelId)) throw new DiscordRefusal(404, 10003, 'Unknown Channel');
    if (messageId === undefined) return { status: 200, body: toWire(post(call, channelId), bot) };
    const message = there(messageId);
    if (call.method === 'PATCH' && message.webhookId !== undefined)
      throw new DiscordRefusal(403, 50005, 'Cannot edit a message authored by another user');
    if (call.method === 'DELETE') {
      message.deleted = true;
      return { status: 204 };
    }
    editMessage(store, message, call, call.body);
    return { status: 200, body: toWire(message, bot) };
  }

  function there(messageId: string | undefined): DoubleMessage {
    const message = store.messages.get(messageId ?? '');
    if (message === undefined || message.deleted) throw new DiscordRefusal(404, 10008, 'Unknown Message');
    return message;
  }

  /** With `enforce_nonce` a nonce that was used in the channel gives the message that it made then. */
  function post(call: RestCall, channelId: string): DoubleMessage {
    const { nonce, enforce_nonce: enforced, flags } = call.body;
    const twin = [...store.messages.values()].find(
      (message) => message.channelId === channelId && message.nonce === nonce,
    );
    if (enforced === true && nonce !== undefined && twin !== undefined) return twin;
    return createMessage(store, channelId, call, call.body, Number(flags ?? 0));
  }

  function interact(type: number, data: Fields, actor: Actor, source?: DoubleMessage): DoubleInteraction {
    const channelId = actor.channelId ?? (actor.guild === false ? DM_CHANNEL_ID : CHANNEL_ID);
    const interaction: DoubleInteraction = {
      id: nextId(),
      token: `interaction-token-${nextId()}`,
      channelId,
      source,
      callback: undefined,
      original: undefined,
      followups: [],
      choices: undefined,
      expired: false,
    };
    interactions.set(interaction.token, interaction);
    const message = source === undefined ? {} : { message: toWire(source, bot) };
    const { id, token } = interaction;
    told.set(interaction, { ...interactionFields(actor, channelId), ...message, id, token, type, data });
    gateway.dispatch('INTERACTION_CREATE', told.get(interaction)!);
    return interaction;
  }

  function commandData(name: string, given: readonly Fields[]): Fields {
    const registered = commands.find((command) => command.name === name);
    if (registered === undefined) throw new Error(`/${name} is not registered`);
    const known = asArray(registered.options).map((option) => asText(option.name));
    const unknown = given.find((option) => !known.includes(asText(option.name)));
    if (unknown !== undefined) throw new Error(`/${name} has no option ${asText(unknown.name)}`);
    return { id: registered.id, name, type: 1, options: given };
  }

  return {
    apiRoot: `http://127.0.0.1:${http.port}/api`,
    port: http.port,
    sent: http.calls,
    messages: store.messages,
    webhooks: desk.webhooks,
    rights: desk.rights,
    addWebhook: desk.add,
    deleteWebhook: (id) => void desk.webhooks.delete(id),
    gateway,
    registeredCommands: () => commands,
    command(name, given = {}, actor = {}) {
      const filled = Object.entries(given).map(([option, value]) => ({ type: 3, name: option, value }));
      return interact(2, commandData(name, filled), actor);
    },
    autocomplete(name, focused, typed, actor = {}) {
      return interact(4, commandData(name, [{ type: 3, name: focused, value: typed, focused: true }]), actor);
    },
    press(messageId, customId, actor = {}) {
      const message = store.messages.get(messageId);
      if (!message?.buttons.flat().some((button) => button.custom_id === customId))
        throw new Error(`no button ${customId}`);
      return interact(3, { component_type: 2, custom_id: customId }, actor, message);
    },
    replay: (interaction) => gateway.dispatch('INTERACTION_CREATE', told.get(interaction)!),
    failNext: http.failNext,
    waitFor<T>(predicate: () => T | undefined | false | null): Promise<T> {
      return new Promise((resolve, reject) => {
        const check = () => {
          try {
            const value = predicate();
            if (value === undefined || value === false || value === null) return;
            resolve(value);
          } catch (error) {
            reject(error);
          }
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      });
    },
    recheck: changed,
    get onCall() {
      return http.onCall;
    },
    set onCall(hook) {
      http.onCall = hook;
    },
    cutGateway: gateway.cut,
    muteGateway: gateway.mute,
    forgetSessions: gateway.forgetSessions,
    async stop() {
      gateway.close();
      http.server.closeAllConnections();
      await new Promise((resolve) => http.server.close(resolve));
    },
  };
}
