import type { Market, Markets } from '../../feeds/venue.ts';

/** Frames as the venue's documentation of version 2 has them, with other numbers; of each kind one. */
export const FRAMES = {
  trade:
    '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"sell","price":64250.10,"qty":0.00150000,"ord_type":"market","trade_id":7000123,"timestamp":"2026-03-01T12:00:59.999999Z"}]}',
  trades:
    '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":64250.2,"qty":1.00000000,"ord_type":"limit","trade_id":7000124,"timestamp":"2026-03-01T12:01:00.000001Z"},{"symbol":"BTC/USD","side":"buy","price":64250.3,"qty":0.50000000,"ord_type":"limit","trade_id":7000125,"timestamp":"2026-03-01T12:01:00.000001Z"}]}',
  tradeSnapshot:
    '{"channel":"trade","type":"snapshot","data":[{"symbol":"BTC/USD","side":"buy","price":64000.0,"qty":0.10000000,"ord_type":"limit","trade_id":7000122,"timestamp":"2026-03-01T12:00:50.100000Z"},{"symbol":"BTC/USD","side":"sell","price":63999.9,"qty":0.20000000,"ord_type":"market","trade_id":7000121,"timestamp":"2026-03-01T12:00:49.100000Z"}]}',
  bookSnapshot:
    '{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[{"price":99.9,"qty":1.50000000},{"price":99.5,"qty":2.00000000}],"asks":[{"price":100.1,"qty":0.25000000}],"checksum":2439117997,"timestamp":"2026-03-01T12:00:00.500000Z"}]}',
  bookUpdate:
    '{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":99.9,"qty":0.00000000}],"asks":[],"checksum":2114181697,"timestamp":"2026-03-01T12:00:00.600000Z"}]}',
  heartbeat: '{"channel":"heartbeat"}',
  status:
    '{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online","api_version":"v2","connection_id":1234567890123456789}]}',
  ack: '{"method":"subscribe","result":{"channel":"trade","snapshot":true,"symbol":"BTC/USD"},"success":true,"time_in":"2026-03-01T12:00:00.100000Z","time_out":"2026-03-01T12:00:00.100100Z","req_id":3}',
  refusal:
    '{"error":"Currency pair not supported ABC/XYZ","method":"subscribe","success":false,"time_in":"2026-03-01T12:00:00.100000Z","time_out":"2026-03-01T12:00:00.100100Z","req_id":4}',
  pong: '{"method":"pong","req_id":42,"time_in":"2026-03-01T12:00:00.100000Z","time_out":"2026-03-01T12:00:00.100100Z"}',
  ticker:
    '{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":99.9,"bid_qty":1.2,"ask":100.1,"ask_qty":2.3,"timestamp":"2026-03-01T12:00:00.123456Z"}]}',
} as const;

function market(wire: string): Market {
  const symbol = wire.replace('/', '').toLowerCase();
  return {
    instrument: `kraken:${symbol}`,
    wire,
    restName: wire.replace('/', '').replace('BTC', 'XBT'),
    venue: 'kraken',
    symbol,
    base: wire.split('/')[0].toLowerCase(),
    quote: wire.split('/')[1].toLowerCase(),
    kind: 'spot',
    tick: 0.1,
    lot: 1e-8,
    digits: { price: 1, size: 8 },
    active: true,
  };
}

/** A list of a few markets, as if it was fetched. */
export function markets(...wires: string[]): Markets {
  const list = (wires.length > 0 ? wires : ['BTC/USD', 'ETH/USD']).map(market);
  return {
    get: (symbol) => list.find((one) => one.symbol === symbol),
    named: (wire) => list.find((one) => one.wire === wire),
  };
}
