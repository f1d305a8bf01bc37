import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { asFields, asText, type Fields } from './discord-model.ts';

const HEARTBEAT_MS = 41_250;

interface Session {
  readonly id: string;
  sequence: number;
  readonly events: { readonly s: number; readonly payload: string }[];
  socket: WebSocket | undefined;
}

export interface GatewayParts {
  readonly server: Server;
  readonly token: string;
  readonly url: string;
  /** The fields of READY beside the session's own, and the events that follow it. */
  readonly greeting: () => { ready: Fields; events: readonly { t: string; d: Fields }[] };
  readonly changed: () => void;
  /** How often a heartbeat is asked for, in ms; default: as Discord does. */
  readonly heartbeatMs?: number | undefined;
}

export interface GatewaySide {
  /** IDENTIFY payloads, oldest first. */
  readonly identifies: Fields[];
  resumes: number;
  heartbeats: number;
  connected(): boolean;
  dispatch(t: string, d: Fields): void;
  /** Drops the line as a failing network does, or closes it with a code. */
  cut(code?: number): void;
  /** Lines that are open stay so and bring nothing any more; new ones do. */
  mute(on: boolean): void;
  /** From now on a RESUME of what has been is refused. */
  forgetSessions(): void;
  close(): void;
}

/** The gateway half: HELLO, heartbeats, IDENTIFY, READY, dispatches, and RESUME with what was missed. JSON, uncompressed. */
export function startGateway({
  server,
  token,
  url,
  greeting,
  changed,
  heartbeatMs = HEARTBEAT_MS,
}: GatewayParts): GatewaySide {
  const sockets = new WebSocketServer({ server });
  const sessions = new Map<string, Session>();
  const muted = new Set<WebSocket>();
  let current: Session | undefined;

  const side: GatewaySide = {
    identifies: [],
    resumes: 0,
    heartbeats: 0,
    connected: () => current?.socket !== undefined,
    dispatch(t, d) {
      if (current === undefined) throw new Error('nobody has identified');
      send(current, t, d);
    },
    cut(code) {
      for (const socket of sockets.clients) {
        if (code === undefined) socket.terminate();
        else socket.close(code);
      }
      if (current !== undefined) current.socket = undefined;
    },
    mute(on) {
      muted.clear();
      if (on) for (const socket of sockets.clients) muted.add(socket);
    },
    forgetSessions: () => sessions.clear(),
    close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };

  function send(session: Session, t: string, d: Fields): void {
    const s = ++session.sequence;
    const payload = JSON.stringify({ op: 0, t, s, d });
    session.events.push({ s, payload });
    if (session.socket !== undefined && !muted.has(session.socket)) session.socket.send(payload);
    changed();
  }

  function identify(socket: WebSocket, d: Fields): void {
    side.identifies.push(d);
    if (d.token !== token || d.compress === true) {
      socket.close(d.compress === true ? 4002 : 4004);
      return;
    }
    const session: Session = { id: `session-${side.identifies.length}`, sequence: 0, events: [], socket };
    sessions.set(session.id, session);
    current = session;
    const { ready, events } = greeting();
    send(session, 'READY', {
      ...ready,
      v: 10,
      session_id: session.id,
      resume_gateway_url: `${url}/resume`,
      shard: d.shard,
    });
    for (const event of events) send(session, event.t, event.d);
  }

  function resume(socket: WebSocket, d: Fields): void {
    const session = sessions.get(asText(d.session_id));
    if (d.token !== token || session === undefined) {
      if (d.token !== token) socket.close(4004);
      else socket.send(JSON.stringify({ op: 9, d: false }));
      return;
    }
    session.socket = socket;
    current = session;
    side.resumes++;
    for (const { s, payload } of session.events) if (s > Number(d.seq)) socket.send(payload);
    send(session, 'RESUMED', {});
  }

  function hear(socket: WebSocket, frame: string): void {
    const { op, d } = asFields(JSON.parse(frame));
    if (muted.has(socket)) return;
    if (frame.length > 4096) socket.close(4002);
    else if (op === 1) {
      side.heartbeats++;
      socket.send(JSON.stringify({ op: 11 }));
    } else if (op === 2) identify(socket, asFields(d));
    else if (op === 6) resume(socket, asFields(d));
    changed();
  }

  sockets.on('connection', (socket, request) => {
    const query = new URL(request.url ?? '/', url).searchParams;
    if (query.get('encoding') !== 'json' || query.has('compress') || query.get('v') !== '10') return socket.close(4012);
    socket.on('message', (frame) => hear(socket, String(frame)));
    socket.on('close', () => {
      for (const session of sessions.values()) if (session.socket === socket) session.socket = undefined;
      changed();
    });
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: heartbeatMs } }));
  });
  return side;
}
