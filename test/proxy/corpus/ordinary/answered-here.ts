import { type Headers, type Ordinary, passes } from '../case';

const here = (
  id: string,
  why: string,
  line: string,
  headers: readonly string[],
  status: number,
  answered: Headers = {},
): Ordinary => ({
  ...passes(id, why, line, headers),
  answer: { status, headers: answered },
  answeredByProxy: true,
});
const PORTAL = 'Origin: https://portal.example.com';
const allowed: Headers = { 'Access-Control-Allow-Origin': 'https://portal.example.com', Vary: /Origin/i };
const preflight = (id: string, method: string, ...headers: string[]): Ordinary =>
  here(
    `preflight-${id}`,
    'a preflight of the portal',
    'OPTIONS /api/items HTTP/1.1',
    [PORTAL, `Access-Control-Request-Method: ${method}`, ...headers],
    204,
    { ...allowed, 'Access-Control-Allow-Methods': new RegExp(method) },
  );

/** What the proxy answers for itself, as it should. */
export const cases: readonly Ordinary[] = [
  preflight('get', 'GET', 'Access-Control-Request-Headers: authorization'),
  preflight('put', 'PUT', 'Access-Control-Request-Headers: content-type'),
  preflight('delete', 'DELETE'),
  preflight('patch', 'PATCH', 'Access-Control-Request-Headers: authorization,content-type'),
  here('static-file', 'a style sheet', 'GET /static/app.css HTTP/1.1', [], 200, {
    'Content-Type': /^text\/css/,
    ETag: /.+/,
  }),
  here('static-query', 'a style sheet with its version', 'GET /static/app.css?v=42 HTTP/1.1', [], 200),
  here('static-encoded', 'a file with a space in its name', 'GET /static/my%20file.txt HTTP/1.1', [], 200),
  here('static-head', 'whether a file is there', 'HEAD /static/app.css HTTP/1.1', [], 200),
  here('static-range', 'the beginning of a file', 'GET /static/app.css HTTP/1.1', ['Range: bytes=0-3'], 206, {
    'Content-Range': /^bytes 0-3\//,
  }),
  here('static-range-suffix', 'the end of a file', 'GET /static/app.css HTTP/1.1', ['Range: bytes=-4'], 206),
  here('static-range-open', 'the rest of a file', 'GET /static/app.css HTTP/1.1', ['Range: bytes=4-'], 206),
  here(
    'static-conditional',
    'a file that has not changed',
    'GET /static/app.css HTTP/1.1',
    ['If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT'],
    200,
  ),
  here('static-below', 'a file in a folder', 'GET /static/folder/page.html HTTP/1.1', [], 200),
  here('static-missing', 'a file that is not there', 'GET /static/missing.css HTTP/1.1', [], 404),
];
