import { denied, type Hostile, refused, request } from '../case';

/** Methods that no part of the app serves. TRACE would send cookies back as a page. */
const unknown: readonly Hostile[] = [
  'TRACK',
  'DEBUG',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
  'SEARCH',
  'PURGE',
  'BAN',
  'LINK',
  'QUERY',
  'FOO',
  'GETS',
  'HEADER',
  'POSTX',
  'G',
].map((method) =>
  denied(
    `method-${method.toLowerCase()}`,
    `a method that isn't served: ${method}`,
    request(`${method} /page HTTP/1.1`),
    405,
  ),
);

const malformed: readonly Hostile[] = [
  refused(
    'method-trace',
    'cookies sent back as a page',
    request('TRACE /page HTTP/1.1', ['Cookie: session=secret']),
    405,
  ),
  refused(
    'method-trace-with-body',
    'cookies sent back as a page',
    request('TRACE /page HTTP/1.1', ['Content-Length: 5'], 'hello'),
    405,
  ),
  refused('method-lower-case', 'a method has its case', request('get /page HTTP/1.1')),
  refused('method-mixed-case', 'a method has its case', request('Get /page HTTP/1.1')),
  refused('method-none', 'no method', request(' /page HTTP/1.1')),
  refused('method-digits', 'characters that no method has', request('GET1 /page HTTP/1.1')),
  refused('method-punctuation', 'characters that no method has', request('GET! /page HTTP/1.1')),
  refused('method-nul', 'a NUL in it', request('GET\0 /page HTTP/1.1')),
  refused('method-quoted', 'quotes', request('"GET" /page HTTP/1.1')),
  refused('method-non-ascii', 'characters that no method has', request('G\xcbT /page HTTP/1.1')),
  refused('method-8-kB', 'eight kilobytes of a method', request(`${'A'.repeat(8192)} /page HTTP/1.1`), 414),
  refused('method-40-kB', 'forty kilobytes of a method', request(`${'A'.repeat(40_000)} /page HTTP/1.1`), 414),
];

export const cases: readonly Hostile[] = [...unknown, ...malformed];
