// @ts-check
import { el } from './dom.js';

/**
 * @typedef {{ name: string, kind: string, description: string, required: boolean, choices?: string[] }} Argument
 * @typedef {{ name: string, summary: string, args: Argument[] }} Command
 * @typedef {{ label: string, value: string, note?: string, from: number }} Option `value` replaces the text from `from` to the cursor
 */

const WAIT_MS = 120;
const SHOWN = 8;

/**
 * Which argument the cursor is in, and what stands there up to the cursor. A text argument takes all the rest.
 * @param {Command} command @param {string} before the text up to the cursor, slash and all
 */
export function argumentAt(command, before) {
  let at = /^\S+\s+/.exec(before)?.[0].length ?? before.length;
  for (const [index, argument] of command.args.entries()) {
    const last = index === command.args.length - 1;
    const end = before.slice(at).search(/\s/);
    if (argument.kind === 'text' || last || end < 0) return { argument, typed: before.slice(at), from: at };
    at += end + (/^\s+/.exec(before.slice(at + end))?.[0].length ?? 0);
  }
  return undefined;
}

/** @param {Command[]} commands @param {string} before @returns {Promise<Option[]>} */
async function optionsFor(commands, before) {
  if (!before.startsWith('/')) return [];
  const name = /^\/(\S*)/.exec(before)?.[1]?.toLowerCase() ?? '';
  if (!/\s/.test(before)) {
    const fitting = commands.filter((command) => command.name.startsWith(name));
    return fitting.map((command) => ({
      label: `/${command.name}`,
      note: command.summary,
      value: `/${command.name} `,
      from: 0,
    }));
  }
  const command = commands.find((known) => known.name === name);
  const place = command === undefined ? undefined : argumentAt(command, before);
  if (command === undefined || place === undefined) return [];
  const query = new URLSearchParams({ command: command.name, argument: place.argument.name, typed: place.typed });
  const response = await fetch(`api/console/complete?${query}`);
  if (!response.ok) return [];
  const { suggestions } = await response.json();
  return suggestions.map((/** @type {{label: string, value: string, note?: string}} */ { label, value, note }) => ({
    label,
    value,
    note,
    from: place.from,
  }));
}

/** Where the word ends that the cursor stands in: it is replaced as a whole. @param {HTMLInputElement} input */
function endOfWord({ value, selectionStart }) {
  const cursor = selectionStart ?? value.length;
  return /\w$/.test(value.slice(0, cursor)) ? cursor + (/^\w*/.exec(value.slice(cursor))?.[0].length ?? 0) : cursor;
}

/**
 * Completion under a text input, as an ARIA combobox: arrows choose, Tab or Enter takes, Escape closes.
 * @param {HTMLInputElement} input @param {HTMLElement} list @param {() => Command[]} commands
 */
export function createCompletion(input, list, commands) {
  /** @type {Option[]} */
  let options = [];
  let active = -1;
  /** The text that the options are for. */
  let shownFor = '';
  let asked = 0;
  let timer = 0;

  function close() {
    clearTimeout(timer);
    asked += 1;
    options = [];
    active = -1;
    render();
  }

  function render() {
    list.hidden = options.length === 0;
    input.setAttribute('aria-expanded', String(options.length > 0));
    list.replaceChildren(
      ...options.map((option, index) => {
        const note = option.note ? [el('span', { class: 'note' }, option.note)] : [];
        const node = el(
          'div',
          { role: 'option', id: `option-${index}`, 'aria-selected': String(index === active) },
          option.label,
          ...note,
        );
        // The input keeps the focus.
        node.addEventListener('pointerdown', (event) => event.preventDefault());
        node.addEventListener('click', () => take(index));
        return node;
      }),
    );
    if (active >= 0) {
      input.setAttribute('aria-activedescendant', `option-${active}`);
      list.children[active]?.scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  }

  /** @param {number} index */
  function take(index) {
    const option = options[index];
    if (option === undefined) return;
    const rest = input.value.slice(endOfWord(input));
    input.value = input.value.slice(0, option.from) + option.value + rest;
    input.setSelectionRange(option.from + option.value.length, option.from + option.value.length);
    input.focus();
    close();
    // A rule goes on: what may come next is shown at once.
    if (option.value.endsWith(' ') || (option.note !== undefined && option.from > 0)) ask();
  }

  function ask() {
    clearTimeout(timer);
    const turn = ++asked;
    timer = setTimeout(async () => {
      const found = await optionsFor(commands(), input.value.slice(0, endOfWord(input))).catch(() => []);
      if (turn !== asked) return;
      const typed = input.value;
      shownFor = typed;
      options = found.filter((option) => typed.slice(0, option.from) + option.value !== typed).slice(0, SHOWN);
      active = -1;
      render();
    }, WAIT_MS);
  }

  /** Options stay while the word is typed that they are for; those of another place would be put where they do not belong. */
  function onInput() {
    const cursor = input.selectionStart ?? input.value.length;
    const isOfHere = options.every(
      ({ from }) => from <= cursor && input.value.slice(0, from) === shownFor.slice(0, from),
    );
    if (!isOfHere) close();
    ask();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list */
  function onKey(event) {
    if (options.length === 0) return false;
    const { key } = event;
    if (key === 'ArrowDown') active = (active + 1) % options.length;
    else if (key === 'ArrowUp') active = (active <= 0 ? options.length : active) - 1;
    else if (key === 'Escape') close();
    else if (key === 'Tab' && !event.shiftKey) take(Math.max(0, active));
    else if (key === 'Enter' && active >= 0) take(active);
    else return false;
    if (options.length > 0) render();
    event.preventDefault();
    return true;
  }

  input.addEventListener('input', onInput);
  input.addEventListener('blur', close);
  return { onKey, close };
}
