import type { Market, Markets } from '../../feeds/venue.ts';

/** One of each kind of message of Bybit, written after its documentation, with the route on which it comes. */
export const BYBIT_FRAMES: Readonly<Record<string, readonly [route: string, text: string]>> = {
  spotTrades: [
    'spot',
    '{"topic":"publicTrade.BTCUSDT","ts":1672304486869,"type":"snapshot","data":[{"i":"2290000000000000101","T":1672304486865,"p":"16578.5","v":"0.001","S":"Buy","seq":901,"s":"BTCUSDT","BT":false,"RPI":false},{"i":"2290000000000000104","T":1672304486866,"p":"16578.41","v":"0.25","S":"Sell","seq":902,"s":"BTCUSDT","BT":false,"RPI":true}]}',
  ],
  linearTrades: [
    'linear',
    '{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1672304486868,"data":[{"T":1672304486865,"s":"BTCUSDT","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick","i":"20f43950-d8dd-5b31-9112-a178eb6023af","BT":false,"RPI":false,"seq":1783284617}]}',
  ],
  blockTrade: [
    'linear',
    '{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1672304486868,"data":[{"T":1672304486865,"s":"BTCUSDT","S":"Buy","v":"250","p":"16000","L":"PlusTick","i":"aa","BT":true,"seq":1}]}',
  ],
  bookSnapshot: [
    'linear',
    '{"topic":"orderbook.200.BTCUSDT","type":"snapshot","ts":1672304484978,"data":{"s":"BTCUSDT","b":[["16493.50","0.006"],["16493.00","0.100"]],"a":[["16611.00","0.029"],["16612.00","0.213"]],"u":18521288,"seq":7961638724},"cts":1672304484976}',
  ],
  bookDelta: [
    'linear',
    '{"topic":"orderbook.200.BTCUSDT","type":"delta","ts":1672304485078,"data":{"s":"BTCUSDT","b":[["16493.00","0"]],"a":[["16611.00","0.5"],["16613.50","1"]],"u":18521289,"seq":7961638730},"cts":1672304485071}',
  ],
  ticker: [
    'linear',
    '{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","tickDirection":"PlusTick","lastPrice":"17216.00","markPrice":"17217.33","indexPrice":"17227.36","openInterest":"68744.761","openInterestValue":"1183601235.91","fundingIntervalHour":"8","nextFundingTime":"1673280000000","fundingRate":"-0.000212","bid1Price":"17215.50","bid1Size":"84.489"},"cs":24987956059,"ts":1673272861686}',
  ],
  tickerDelta: [
    'linear',
    '{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","bid1Price":"17215.00","markPrice":"17217.40","fundingRate":""},"cs":24987956060,"ts":1673272861786}',
  ],
  spotTicker: [
    'spot',
    '{"topic":"tickers.BTCUSDT","ts":1673853746003,"type":"snapshot","cs":2588407389,"data":{"symbol":"BTCUSDT","lastPrice":"21109.77","usdIndexPrice":"21120.2"}}',
  ],
  liquidations: [
    'linear',
    '{"topic":"allLiquidation.BTCUSDT","type":"snapshot","ts":1739502303204,"data":[{"T":1739502302929,"s":"BTCUSDT","S":"Sell","v":"0.2","p":"96012.5"},{"T":1739502302931,"s":"BTCUSDT","S":"Buy","v":"1.5","p":"96013"}]}',
  ],
  ack: ['linear', '{"success":true,"ret_msg":"","conn_id":"c","req_id":"7","op":"subscribe"}'],
  spotAck: ['spot', '{"success":true,"ret_msg":"subscribe","conn_id":"c","req_id":"7","op":"unsubscribe"}'],
  refusal: [
    'linear',
    '{"success":false,"ret_msg":"error:handler not found,topic:publicTrade.X","conn_id":"c","req_id":"8","op":"subscribe"}',
  ],
  namelessRefusal: ['spot', '{"success":false,"ret_msg":"args size >10","conn_id":"c","op":"subscribe"}'],
  twice: [
    'linear',
    '{"success":false,"ret_msg":"error:already subscribed,topic:publicTrade.BTCUSDT","conn_id":"c","req_id":"9","op":"subscribe"}',
  ],
  pong: ['spot', '{"success":true,"ret_msg":"pong","conn_id":"c","req_id":"","op":"ping"}'],
  otherPong: ['linear', '{"args":["1672916271846"],"op":"pong"}'],
};

/** As if everything were listed, with names that follow from the venue's own. */
export const EVERY_MARKET: Markets = {
  get: () => undefined,
  named(wire, route) {
    if (!/^[A-Z0-9]+$/.test(wire)) return undefined;
    const symbol = `${wire.toLowerCase()}${route === 'linear' ? '.p' : ''}`;
    return { instrument: `bybit:${symbol}`, wire, symbol } as Market;
  },
};
