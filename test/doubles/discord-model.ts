/** What the Discord double keeps, and the limits that Discord itself enforces. */

export interface DoubleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

export interface DoubleAttachment {
  readonly id: string;
  readonly filename: string;
  readonly description?: string;
  readonly bytes: Uint8Array;
}

export interface DoubleButton {
  readonly label: string;
  readonly custom_id: string;
}

export interface DoubleMessage {
  readonly id: string;
  readonly channelId: string;
  content: string;
  /** Descriptions of its cards. */
  cards: string[];
  /** Rows of buttons. */
  buttons: DoubleButton[][];
  attachments: DoubleAttachment[];
  flags: number;
  readonly nonce?: string;
  /** The webhook that it came by, and the name that it stands under. */
  readonly webhookId?: string;
  readonly byline?: string;
  edits: number;
  deleted: boolean;
}

/** An answer that Discord gives instead of doing what it was asked. */
export class DiscordRefusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export const CROSSPOSTED = 1;
export const EPHEMERAL = 64;
export const LOADING = 128;

export function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export function asArray(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(asFields) : [];
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function invalid(what: string): DiscordRefusal {
  return new DiscordRefusal(400, 50035, `Invalid Form Body: ${what}`);
}

/** The parts of a message that a body sets, checked as Discord checks them. */
export function readMessage(body: Fields, files: readonly DoubleFile[], nextId: () => string): Partial<DoubleMessage> {
  const content = body.content === undefined || body.content === null ? undefined : asText(body.content);
  if (content !== undefined && [...content].length > 2000) throw invalid('content[BASE_TYPE_MAX_LENGTH]');
  if (asText(body.nonce).length > 25) throw invalid('nonce[BASE_TYPE_BAD_LENGTH]');
  const buttons = body.components === undefined ? undefined : readButtons(asArray(body.components));
  const attachments =
    body.attachments === undefined && files.length === 0 ? undefined : readAttachments(body, files, nextId);
  return {
    ...(content === undefined ? {} : { content }),
    ...(body.embeds === undefined ? {} : { cards: readCards(asArray(body.embeds)) }),
    ...(buttons === undefined ? {} : { buttons }),
    ...(attachments === undefined ? {} : { attachments }),
  };
}

function readCards(embeds: readonly Fields[]): string[] {
  if (embeds.length > 10) throw invalid('embeds[BASE_TYPE_MAX_LENGTH]');
  return embeds.map(({ description, color }) => {
    if ([...asText(description)].length > 4096) throw invalid('embeds.description[BASE_TYPE_MAX_LENGTH]');
    if (color !== undefined && !(Number(color) >= 0 && Number(color) <= 0xffffff)) throw invalid('embeds.color');
    return asText(description);
  });
}

function readButtons(rows: readonly Fields[]): DoubleButton[][] {
  if (rows.length > 5) throw invalid('components[BASE_TYPE_MAX_LENGTH]');
  const seen = new Set<string>();
  return rows.map((row) => {
    const buttons = asArray(row.components);
    if (row.type !== 1 || buttons.length < 1 || buttons.length > 5) throw invalid('components[n].components');
    return buttons.map((button) => {
      const label = asText(button.label);
      const customId = asText(button.custom_id);
      if (button.type !== 2 || label === '' || label.length > 80) throw invalid('label');
      if (customId === '' || customId.length > 100) throw invalid('custom_id[BASE_TYPE_BAD_LENGTH]');
      if (seen.has(customId)) throw invalid('custom_id[COMPONENT_CUSTOM_ID_DUPLICATED]');
      seen.add(customId);
      return { label, custom_id: customId };
    });
  });
}

function readAttachments(body: Fields, files: readonly DoubleFile[], nextId: () => string): DoubleAttachment[] {
  const described = asArray(body.attachments);
  for (const { id, description } of described) {
    if (files[Number(id)] === undefined) throw invalid(`attachments: no file ${String(id)}`);
    if (asText(description).length > 1024) throw invalid('attachments.description[BASE_TYPE_MAX_LENGTH]');
  }
  return files.map((file, index) => {
    const entry = described.find(({ id }) => Number(id) === index);
    const description = asText(entry?.description);
    return {
      id: nextId(),
      filename: file.name,
      bytes: file.bytes,
      ...(description === '' ? {} : { description }),
    };
  });
}

export function assertNotEmpty(message: Pick<DoubleMessage, 'content' | 'attachments' | 'buttons'>): void {
  if (message.content.trim() !== '' || message.attachments.length > 0 || message.buttons.length > 0) return;
  throw new DiscordRefusal(400, 50006, 'Cannot send an empty message');
}

/** As Discord's API shows it. */
export function toWire(message: DoubleMessage, bot: Fields): Fields {
  return {
    id: message.id,
    channel_id: message.channelId,
    ...(message.webhookId === undefined
      ? { author: bot }
      : { webhook_id: message.webhookId, author: { id: message.webhookId, username: message.byline, bot: true } }),
    content: message.content,
    timestamp: '2026-01-01T00:00:00.000000+00:00',
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    embeds: message.cards.map((description) => ({ type: 'rich', description })),
    pinned: false,
    type: 0,
    flags: message.flags,
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    attachments: message.attachments.map(({ id, filename, description, bytes }) => ({
      id,
      filename,
      size: bytes.length,
      url: `http://127.0.0.1/${id}`,
      proxy_url: `http://127.0.0.1/${id}`,
      content_type: 'image/png',
      ...(description === undefined ? {} : { description }),
    })),
    components: message.buttons.map((row) => ({
      type: 1,
      components: row.map((button) => ({ type: 2, style: 2, ...button })),
    })),
  };
}

/** Checks a bulk overwrite of commands, and gives them as Discord lists them. */
export function readCommands(body: unknown, applicationId: string, nextId: () => string): Fields[] {
  const commands = asArray(body);
  if (commands.length > 100) throw invalid('commands[MAX]');
  return commands.map((command) => {
    checkName(command);
    const options = asArray(command.options);
    if (options.length > 25) throw invalid('options[BASE_TYPE_MAX_LENGTH]');
    for (const option of options) checkOption(option);
    if (options.some((option, index) => option.required === true && options[index - 1]?.required === false)) {
      throw invalid('options[APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID]');
    }
    return {
      ...command,
      id: nextId(),
      application_id: applicationId,
      version: nextId(),
      default_member_permissions: null,
      dm_permission: true,
      nsfw: false,
      description_localizations: null,
      name_localizations: null,
      options: options.map(toListedOption),
    };
  });
}

function checkName({ name, description }: Fields): void {
  if (!/^[-_\p{L}\p{N}]{1,32}$/u.test(asText(name)) || asText(name) !== asText(name).toLowerCase())
    throw invalid('name');
  if (asText(description) === '' || asText(description).length > 100) throw invalid('description');
}

function checkOption(option: Fields): void {
  checkName(option);
  const choices = asArray(option.choices);
  if (choices.length > 25) throw invalid('choices[BASE_TYPE_MAX_LENGTH]');
  if (choices.length > 0 && option.autocomplete === true) throw invalid('autocomplete with choices');
  for (const choice of choices) checkChoice(choice);
}

/** False values are left out of the list, as the real one leaves them out. */
function toListedOption({ required, autocomplete, ...rest }: Fields): Fields {
  return {
    ...rest,
    ...(required === true ? { required } : {}),
    ...(autocomplete === true ? { autocomplete } : {}),
  };
}

export function checkChoice({ name, value }: Fields): void {
  for (const text of [asText(name), asText(value)]) {
    if (text === '' || text.length > 100) throw invalid('choices.name or value');
  }
}
