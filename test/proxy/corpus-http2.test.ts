import { environmentOf } from '../support/environments';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { RawConnection } from '../support/raw-http/connection';
import { END_STREAM, frame, frameTypes, headersFrames, RawHttp2 } from '../support/raw-http/http2';
import { type StrictApp, startStrictApp } from '../support/raw-http/strict-app';
import { CLIENT, HOST } from './corpus/case';
import { type HostileHttp2, type Http2Answer, type Http2Expected, hostileHttp2, NO } from './corpus/http2';
import { filledIn, sameRequest, wellFormed } from './corpus/judge';
import { answerWithName, clientOf } from './corpus/run';

/**
 * The hostile requests that only HTTP/2 can carry. A task has HTTP/1.1 only, as the load balancer speaks it; a trial has
 * both, with the same configuration.
 */
const environment = environmentOf('production');
let app: StrictApp;
let proxy: TestProxy;

beforeAll(async () => {
  app = await startStrictApp(answerWithName);
  proxy = await startProxy(environment, { app });
});

afterAll(async () => {
  await proxy?.remove();
  await app?.close();
});

const cases = hostileHttp2.map((each, index) => [each.id, each.why, each, clientOf(index)] as const);

it.each(cases)('hostile, http2: %s: %s', async (_id, _why, each, client) => {
  const { answers, next } = await send(each, client);
  expect(answers.map((answer, index) => named(answer, each.answers[index])).sort()).toEqual([...each.answers].sort());
  // A connection that goes on serves the next request.
  expect([200, 'gone']).toContain(next);
  const seen = app.received.filter(({ headers, target }) => headers['x-real-ip'] === client && target !== '/next');
  expect(seen).toHaveLength(each.answers.filter((answer) => answer === 200).length);
  expect(seen.flatMap((received) => wellFormed(received, client))).toEqual([]);
  expect(each.app.flatMap((expected, index) => sameRequest(filledIn(expected, client), seen[index]))).toEqual([]);
});

const named = (answer: Http2Answer, expected: Http2Expected | undefined): Http2Answer | Http2Expected =>
  expected === 'refused' && NO.includes(answer) ? 'refused' : answer;

it('sends the app nothing malformed', () => expect(app.malformed).toEqual([]));

it('is not spoken in a task', async () => {
  const task = await startProxy(environment, { app, place: { http2: false } });
  const connection = await RawConnection.open({ port: task.port, protocols: ['h2', 'http/1.1'] });
  expect(connection.protocol).not.toBe('h2');
  connection.destroy();
  await task.remove();
});

async function send(
  { requests }: HostileHttp2,
  client: string,
): Promise<{ answers: Http2Answer[]; next: Http2Answer }> {
  const http2 = await RawHttp2.open(proxy.port);
  const streams = requests.map((_, index) => index * 2 + 1);
  const own = (text: string): string => text.replaceAll(CLIENT, client);
  for (const [index, { fields, body }] of requests.entries()) {
    const stream = streams[index] ?? 0;
    const filled = fields.map(([name, value]) => [name, own(value)] as const);
    http2.send(headersFrames(stream, filled, body === undefined ? END_STREAM : 0));
    if (body !== undefined) http2.send(frame(frameTypes.data, END_STREAM, stream, own(body)));
  }
  await http2.ended(streams);
  const answerOf = (stream: number): Http2Answer => {
    const { status, reset } = http2.answer(stream);
    return status ?? (reset === undefined ? 'gone' : 'reset');
  };
  const answers = streams.map(answerOf);
  const after = requests.length * 2 + 1;
  http2.send(
    headersFrames(after, [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':authority', HOST],
      [':path', '/next'],
      ['x-forwarded-for', client],
    ]),
  );
  await http2.ended([after]);
  const next = answerOf(after);
  http2.destroy();
  return { answers, next };
}
