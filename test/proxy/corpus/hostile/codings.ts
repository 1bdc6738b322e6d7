import { type Hostile, refused, request, SMUGGLED } from '../case';

/** A body that ends for who reads chunks, and goes on for who counts bytes. */
const TWO_ENDS = `0\r\n\r\n${SMUGGLED}`;
const counted = `Content-Length: ${TWO_ENDS.length}`;

/** Codings that are not exactly `chunked`: the proxy doesn't guess which one the app would see in them. */
export const cases: readonly Hostile[] = [
  ['te-xchunked', 'xchunked'],
  ['te-chunked-x', 'chunkedx'],
  ['te-identity', 'identity'],
  ['te-gzip', 'gzip'],
  ['te-gzip-chunked', 'gzip, chunked'],
  ['te-chunked-gzip', 'chunked, gzip'],
  ['te-chunked-identity', 'chunked, identity'],
  ['te-identity-chunked', 'identity, chunked'],
  ['te-chunked-twice', 'chunked, chunked'],
  ['te-chunked-comma', 'chunked,'],
  ['te-comma-chunked', ',chunked'],
  ['te-quoted', '"chunked"'],
  ['te-single-quoted', "'chunked'"],
  ['te-parameter', 'chunked;q=1'],
  ['te-tab-before', '\tchunked'],
  ['te-tab-after', 'chunked\t'],
  ['te-vertical-tab-before', '\x0bchunked'],
  ['te-form-feed-after', 'chunked\x0c'],
  ['te-control-before', '\x01chunked'],
  ['te-non-ascii', 'chun\xeb\x6bed'],
  ['te-colon', ': chunked'],
  ['te-cow', 'cow'],
].map(([id = '', coding]) =>
  refused(
    id,
    `a coding that one side may take for chunked: ${JSON.stringify(coding)}`,
    request('POST /submit HTTP/1.1', [counted, `Transfer-Encoding: ${coding}`], TWO_ENDS),
    501,
  ),
);
