// @ts-check

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** The server sends its state every five seconds: this long without a word is a dead connection. */
const SILENCE_MS = 20_000;

/**
 * Keeps a WebSocket open: reconnects with growing waits, and at once when the machine wakes up or is online again.
 * @param {{ onOpen: (socket: WebSocket) => void, onMessage: (message: any) => void, onState: (connected: boolean) => void }} handlers
 */
export function connect({ onOpen, onMessage, onState }) {
  let wait = FIRST_WAIT_MS;
  /** @type {WebSocket | undefined} */
  let socket;
  let retry = 0;
  let silence = 0;

  function listen() {
    clearTimeout(silence);
    silence = setTimeout(() => socket?.close(), SILENCE_MS);
  }

  function open() {
    clearTimeout(retry);
    const url = new URL('api/stream', document.baseURI);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const opened = new WebSocket(url);
    socket = opened;
    listen();
    opened.addEventListener('open', () => {
      wait = FIRST_WAIT_MS;
      onState(true);
      onOpen(opened);
    });
    opened.addEventListener('message', (event) => {
      listen();
      onMessage(JSON.parse(event.data));
    });
    opened.addEventListener('close', () => {
      if (socket !== opened) return;
      onState(false);
      retry = setTimeout(open, wait * (0.7 + Math.random() * 0.6));
      wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    });
  }

  window.addEventListener('online', () => {
    if (socket?.readyState !== WebSocket.OPEN) open();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && socket?.readyState === WebSocket.CLOSED) open();
  });
  open();
}
