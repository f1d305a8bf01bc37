/** A frame of each kind that the venue documents, as it comes on a combined socket. */
export const USDM_FRAMES = {
  trade:
    '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1777000000123,"a":5933014,"s":"BTCUSDT","p":"64250.10","q":"0.250","nq":"0.200","f":9100,"l":9105,"T":1777000000100,"m":true,"st":1}}',
  oldTrade:
    '{"stream":"1000pepeusdt@aggTrade","data":{"e":"aggTrade","E":1626000000575,"a":16599,"s":"1000PEPEUSDT","p":"0.0101100","q":"10","f":23,"l":23,"T":1626000000421,"m":false}}',
  mark: '{"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1777000001000,"s":"BTCUSDT","p":"64251.50000000","ap":"64251.40000000","P":"64250.00000000","i":"64248.25000000","r":"-0.00012500","T":1777017600000,"st":1}}',
  marks:
    '{"stream":"!markPrice@arr@1s","data":[{"e":"markPriceUpdate","E":1777000001000,"s":"BTCUSD_PERP","p":"64000.0","i":"64001.0","P":"64000.0","r":"0.0001","T":1777017600000,"st":2},{"e":"markPriceUpdate","E":1777000001000,"s":"ETHUSDT","p":"3000.5","i":"3000.25","P":"3000.5","r":"0.00010000","T":1777017600000,"st":1}]}',
  delivery:
    '{"stream":"btcusdt_261225@markPrice@1s","data":{"e":"markPriceUpdate","E":1777000001000,"s":"BTCUSDT_261225","p":"66000.0","P":"65900.0","i":"64248.25","r":"","T":0,"st":1}}',
  liquidation:
    '{"stream":"btcusdt@forceOrder","data":{"e":"forceOrder","E":1777000002003,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"0.514","p":"64100.00","ap":"64150.25","X":"FILLED","l":"0.014","z":"0.514","T":1777000002000}}}',
  depth:
    '{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1777000003005,"T":1777000003000,"s":"BTCUSDT","ps":"BTCUSDT","st":1,"U":157,"u":160,"pu":149,"b":[["64250.00","1.5"],["64249.90","0.000"]],"a":[["64250.10","0.75"]]}}',
  ack: '{"result":null,"id":7}',
  refusal: '{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":8}',
  shutdown: '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1777000004000}}',
  ticker: '{"stream":"!ticker@arr","data":[{"e":"24hrTicker","E":1777000004000,"s":"BTCUSDT","c":"64250.1","st":1}]}',
} as const;
