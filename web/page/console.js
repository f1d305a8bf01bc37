// @ts-check
import { createCompletion } from './completion.js';
import { byId, el, setText } from './dom.js';
import { formatTime } from './format.js';

/**
 * @typedef {string | { bold: string } | { italic: string } | { code: string } | { pre: string } | { mention: string, name: string }} Span
 * @typedef {{ label: string, data: string }} Button
 * @typedef {{ id: string, ts: number, from: 'you' | 'bot', pushed: boolean, text: Span[], buttons?: Button[][], picture?: { url: string, alt: string, width: number, height: number }, file?: { url: string, name: string, bytes: number } }} Message
 */

const TOAST_MS = 6_000;

/** @param {Span} span */
function spanNode(span) {
  if (typeof span === 'string') return document.createTextNode(span);
  if ('bold' in span) return el('strong', {}, span.bold);
  if ('italic' in span) return el('em', {}, span.italic);
  if ('code' in span) return el('code', {}, span.code);
  if ('mention' in span) return document.createTextNode(span.name);
  return el('pre', {}, span.pre);
}

/** @param {string} path @param {object} body */
async function post(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  throw new Error(
    [answer.error?.message, answer.error?.hint].filter(Boolean).join(' ') || `The server said ${response.status}.`,
  );
}

/** The console pane. @returns {{ load(): Promise<void>, onMessage(event: any): void }} */
export function createConsole() {
  const log = byId('log');
  // Without it the keyboard could not scroll it in every browser.
  log.tabIndex = 0;
  const input = /** @type {HTMLInputElement} */ (byId('input'));
  /** @type {import('./completion.js').Command[]} */
  let commands = [];
  /** @type {string[]} */
  let typed = [];
  let place = 0;
  let running = 0;
  let toastTimer = 0;
  const completion = createCompletion(input, byId('options'), () => commands);

  /** @param {unknown} text */
  function toast(text) {
    setText(byId('toast'), String(text));
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => setText(byId('toast'), ''), TOAST_MS);
  }

  /** @param {Message} message */
  function messageNode(message) {
    const time = el('time', { class: 'muted', datetime: new Date(message.ts).toISOString() }, formatTime(message.ts));
    const who = el('span', { class: 'sr' }, message.from === 'you' ? 'You: ' : 'Bellwether: ');
    const node = el('article', {
      class: `message ${message.from}`,
      'data-id': message.id,
      'data-pushed': message.pushed,
    });
    node.append(time, el('div', { class: 'text' }, who, ...message.text.map(spanNode)));
    const { picture, file } = message;
    if (file !== undefined) {
      const label = `${file.name} (${Math.ceil(file.bytes / 1024)} KB)`;
      node.append(el('a', { href: file.url, download: file.name, class: 'file' }, label));
    }
    if (picture !== undefined) {
      const image = el('img', {
        src: picture.url,
        alt: picture.alt,
        width: String(picture.width),
        height: String(picture.height),
      });
      node.append(el('a', { href: picture.url, target: '_blank', rel: 'noopener', class: 'picture' }, image));
    }
    for (const row of message.buttons ?? []) {
      node.append(el('div', { class: 'buttons' }, ...row.map((button) => buttonNode(message.id, button))));
    }
    return node;
  }

  /** @param {string} id @param {Button} button */
  function buttonNode(id, { label, data }) {
    const node = /** @type {HTMLButtonElement} */ (el('button', { type: 'button' }, label));
    node.addEventListener('click', async () => {
      node.disabled = true;
      try {
        const { toast: note, edit, removed, messages } = await post('api/console/press', { data, message: id });
        if (note) toast(note);
        if (edit) show(edit);
        if (removed) find(removed)?.remove();
        for (const message of messages) show(message);
      } catch (error) {
        toast(error instanceof Error ? error.message : error);
      } finally {
        node.disabled = false;
      }
    });
    return node;
  }

  /** @param {string} id */
  const find = (id) => log.querySelector(`[data-id="${CSS.escape(id)}"]`);

  /** Adds a message, or replaces the one that it is a newer form of. @param {Message} message */
  function show(message) {
    log.querySelector('.welcome')?.remove();
    const known = find(message.id);
    const node = messageNode(message);
    if (known === null) log.append(node);
    else if (known.contains(document.activeElement)) {
      // Whoever pressed a button with the keyboard stays on the message.
      const index = [...known.querySelectorAll('button')].indexOf(
        /** @type {HTMLButtonElement} */ (document.activeElement),
      );
      known.replaceWith(node);
      (node.querySelectorAll('button')[Math.max(0, index)] ?? input).focus();
    } else known.replaceWith(node);
    if (known === null) log.scrollTop = log.scrollHeight;
  }

  function welcome() {
    const chips = commands.slice(0, 6).map((command) => {
      const chip = el('button', { type: 'button', title: command.summary }, `/${command.name}`);
      chip.addEventListener('click', () => {
        input.value = `/${command.name} `;
        input.focus();
        input.dispatchEvent(new Event('input'));
      });
      return chip;
    });
    const text = el('p', {}, 'Every command works here as it does in a chat.');
    log.append(el('div', { class: 'welcome muted' }, text, el('div', { class: 'buttons' }, ...chips)));
  }

  async function run() {
    const text = input.value.trim();
    if (text === '') return;
    completion.close();
    typed.push(text);
    place = typed.length;
    input.value = '';
    running += 1;
    log.setAttribute('aria-busy', 'true');
    try {
      const answer = await post('api/console', { text });
      for (const message of [answer.typed, ...answer.messages]) if (find(message.id) === null) show(message);
    } catch (error) {
      toast(error instanceof Error ? error.message : error);
      if (input.value === '') input.value = text;
    } finally {
      running -= 1;
      if (running === 0) log.removeAttribute('aria-busy');
    }
  }

  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    void run();
  });
  input.addEventListener('keydown', (event) => {
    if (completion.onKey(event)) return;
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    place = Math.min(typed.length, Math.max(0, place + (event.key === 'ArrowUp' ? -1 : 1)));
    input.value = typed[place] ?? '';
  });

  return {
    async load() {
      const response = await fetch('api/console');
      if (!response.ok) return;
      const answer = await response.json();
      commands = answer.commands;
      typed = answer.messages
        .filter((/** @type {Message} */ m) => m.from === 'you')
        .map((/** @type {Message} */ m) => m.text.join(''));
      place = typed.length;
      log.replaceChildren();
      if (answer.messages.length === 0) welcome();
      for (const message of answer.messages) show(message);
      byId('console').hidden = false;
      byId('to-console').hidden = false;
      log.scrollTop = log.scrollHeight;
    },
    onMessage(event) {
      if (event.type === 'remove') find(event.id)?.remove();
      else show(event.message);
    },
  };
}
