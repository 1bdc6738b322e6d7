/** A request without a session, and what is promised for it. */
export interface PlainRequest {
  readonly does: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  /** Headers of the answer, exactly. */
  readonly has?: Readonly<Record<string, string>>;
  /** What stands in the body. */
  readonly text?: RegExp;
  /** What does not. */
  readonly lacks?: RegExp;
}

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const KEPT_FOR_EVER = 'public, max-age=31536000, immutable';

/** One table for every way in which the sample application is served. */
export const plainRequests: readonly PlainRequest[] = [
  {
    does: 'shows who one is',
    path: '/',
    status: 200,
    has: { 'content-type': HTML, 'cache-control': 'no-store' },
    text: /203\.0\.113\.7.*https.*ums\.example\.com.*nobody signed in/s,
  },
  {
    does: 'shows the login form, with a token',
    path: '/login',
    status: 200,
    has: { 'content-type': HTML },
    text: /name="token" value="[\w-]{32}"/,
  },
  {
    does: 'refuses a login form without a token',
    path: '/login',
    method: 'POST',
    headers: FORM,
    body: 'name=operator&password=x',
    status: 403,
  },
  {
    does: 'refuses a wrong password',
    path: '/login',
    method: 'POST',
    headers: { 'Content-Type': JSON_TYPE },
    body: '{"name":"operator","password":"wrong"}',
    status: 401,
    text: /^\{"error": "Name or password is wrong\."\}$/m,
  },
  {
    does: 'refuses an unknown name in the same words',
    path: '/login',
    method: 'POST',
    headers: { 'Content-Type': JSON_TYPE },
    body: '{"name":"nobody","password":"wrong"}',
    status: 401,
    text: /^\{"error": "Name or password is wrong\."\}$/m,
  },
  {
    does: 'refuses JSON that is none',
    path: '/login',
    method: 'POST',
    headers: { 'Content-Type': JSON_TYPE },
    body: '[[[',
    status: 401,
  },
  { does: 'refuses a sign-out without a token', path: '/logout', method: 'POST', headers: FORM, body: '', status: 403 },
  {
    does: 'says which methods a path takes',
    path: '/login',
    method: 'DELETE',
    status: 405,
    has: { allow: 'GET, POST, HEAD, OPTIONS' },
  },
  {
    does: 'answers OPTIONS',
    path: '/api/notes',
    method: 'OPTIONS',
    status: 204,
    has: { allow: 'GET, POST, HEAD, OPTIONS' },
  },
  { does: 'lists no notes to nobody', path: '/api/notes', status: 401, has: { 'content-type': JSON_TYPE } },
  {
    does: 'takes no note from nobody',
    path: '/api/notes',
    method: 'POST',
    headers: { 'Content-Type': JSON_TYPE },
    body: '{"title":"One","text":"Text"}',
    status: 401,
  },
  {
    does: 'sends administrators to sign in, by the address that the client used',
    path: '/admin/',
    status: 303,
    has: { location: 'https://ums.example.com/login' },
  },
  {
    does: 'redirects to the path with its slash, likewise',
    path: '/admin',
    status: 308,
    has: { location: 'https://ums.example.com/admin/' },
  },
  { does: 'is alive', path: '/health/liveness', status: 200, text: /^\{"status": "ok"\}\s$/ },
  {
    does: 'is healthy',
    path: '/health',
    status: 200,
    has: { 'content-type': JSON_TYPE },
    text: /^\{"status": "ok"\}\s$/,
  },
  { does: 'is ready', path: '/health/readiness', status: 200, text: /^\{"status": "ok"\}\s$/ },
  {
    does: 'shows an error as a page',
    path: '/absent<script>',
    status: 404,
    has: { 'content-type': HTML },
    text: /Not Found/,
    lacks: /<script>/,
  },
  {
    does: 'shows an error of the API as JSON',
    path: '/api/absent',
    status: 404,
    has: { 'content-type': JSON_TYPE },
    text: /^\{"error": "Not Found"\}\s$/,
  },
  {
    does: 'refuses a body that is too large',
    path: '/login',
    method: 'POST',
    headers: FORM,
    body: `name=${'x'.repeat(70_000)}`,
    status: 413,
    text: /Too Large/,
  },
  {
    does: 'lets a file be kept for an hour',
    path: '/static/mark.svg',
    status: 200,
    has: { 'cache-control': 'public, max-age=3600' },
    text: /<svg/,
  },
  {
    does: 'lets a file with a fingerprint be kept for ever',
    path: '/static/style.02729c76.css',
    status: 200,
    has: { 'content-type': 'text/css; charset=utf-8', 'cache-control': KEPT_FOR_EVER },
  },
  {
    does: 'lets nobody change a file',
    path: '/static/mark.svg',
    method: 'POST',
    headers: FORM,
    body: '',
    status: 405,
    has: { allow: 'GET, HEAD' },
  },
  { does: 'lists no folder', path: '/static/', status: 404 },
  { does: 'leaves no folder', path: '/static/..%2fcore.py', status: 404 },
  { does: 'leaves no folder, encoded twice', path: '/static/%2e%2e/core.py', status: 404 },
  { does: 'refuses a pause that is no number', path: '/slow?seconds=long', status: 400 },
];
