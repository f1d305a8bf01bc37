// @ts-check
import { createConsole } from './console.js';
import { byId, setText } from './dom.js';
import { connect } from './live.js';
import { onFiring, onTrade, showFirings, showMarkets } from './market.js';
import { showStatus, tick } from './state.js';

const REFRESH_MS = 60_000;

/** @type {ReturnType<typeof createConsole> | undefined} */
let pane;
let lastState = '';

async function refresh() {
  const response = await fetch('api/status');
  if (!response.ok) throw new Error(`status ${response.status}`);
  const status = await response.json();
  lastState = status.state;
  showStatus(status);
  showMarkets(status.symbols);
  showFirings(status.firings);
  setText(byId('version'), `${status.name} ${status.version}`);
  return status;
}

/** What is missed while a request fails comes with the next one; the header tells that the connection is down. */
const refreshQuietly = () => refresh().catch(() => undefined);

/** @param {WebSocket} socket */
async function onOpen(socket) {
  const status = await refreshQuietly();
  if (status === undefined) return;
  if (status.console) pane ??= createConsole();
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify({ action: 'subscribe', symbols: ['*'], trades: 'latest' }));
  if (pane === undefined) return;
  // Before the history is read, so that nothing falls between the two; what comes twice is shown once.
  socket.send(JSON.stringify({ action: 'console' }));
  await pane.load().catch(() => undefined);
}

/** @param {any} event */
function onMessage(event) {
  switch (event.type) {
    case 'trade':
      return onTrade(event);
    case 'firing':
      return onFiring(event);
    case 'status':
      // The markets' own states come with the whole.
      if (event.state !== lastState) void refreshQuietly();
      lastState = event.state;
      return showStatus(event);
    case 'lagged':
      return void refreshQuietly();
    case 'message':
    case 'edit':
    case 'remove':
      return pane?.onMessage(event);
  }
}

/** @param {boolean} connected */
function onState(connected) {
  document.body.dataset.link = connected ? 'up' : 'down';
  setText(byId('link'), connected ? 'live' : 'connection lost, trying again');
}

setText(byId('zone'), `Times in ${Intl.DateTimeFormat().resolvedOptions().timeZone}`);
connect({ onOpen, onMessage, onState });
setInterval(tick, 1_000);
setInterval(refreshQuietly, REFRESH_MS);
