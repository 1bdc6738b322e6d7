import { defused, denied, type Hostile, request, type Step } from '../case';

const get = (target: string): string => request(`GET ${target} HTTP/1.1`);
/** What no answer may hold: the first line of /etc/passwd, and what lies beside the static files. */
const LEAK = /root:|outside the static files|daemon:/;
const closedTo = (id: string, why: string, send: string | readonly Step[], status = 404): Hostile => {
  const hostile = denied(`static-${id}`, why, send, status);
  return { ...hostile, answers: hostile.answers.map((answer) => ({ ...answer, without: LEAK })) };
};

/** Out of the folder, in every way to write a step up. */
const outside: readonly Hostile[] = [
  ['dots-doubled', '/static/....//....//etc/passwd'],
  ['dots-tripled', '/static/.../.../etc/passwd'],
  ['twice-encoded', '/static/%252e%252e%252fetc%252fpasswd'],
  ['overlong', '/static/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd'],
  ['absolute', '/static//etc/passwd'],
  ['absolute-many-slashes', '/static/////etc/passwd'],
  ['encoded-absolute', '/static/%2fetc%2fpasswd'],
  ['drive', '/static/C:/windows/win.ini'],
  ['link-to-folder', '/static/link-to-folder/secret.txt'],
  ['hidden-file', '/static/.hidden'],
  ['hidden-folder', '/static/.git/config'],
  ['editor-file', '/static/app.css~'],
  ['backup', '/static/app.css.bak'],
  ['trailing-dot', '/static/app.css.'],
  ['trailing-space', '/static/app.css%20'],
  ['file-as-folder', '/static/app.css/x'],
  ['file-as-folder-slash', '/static/app.css/'],
  ['device', '/static/dev/null'],
  ['long-name', `/static/${'a'.repeat(300)}.css`],
].map(([id = '', target = '']) =>
  closedTo(id, 'out of the folder of static files, or at what is hidden in it', get(target)),
);

/** There, and kept closed: links lead out of the folder, and a folder's content is nobody's business. */
const closed: readonly Hostile[] = [
  ['link-to-file', '/static/link-to-file.txt'],
  ['listing', '/static/'],
  ['listing-of-folder', '/static/folder/'],
].map(([id = '', target = '']) =>
  closedTo(id, 'a link out of the folder, or a list of what is in it', get(target), 403),
);

/** Step up, or end a name early: refused however they would resolve. */
const above: readonly Hostile[] = [
  ['parameter', '/static/..;/..;/etc/passwd'],
  ['parent-encoded', '/static/%2e%2e/page'],
  ['parent', '/static/../page'],
  ['backslash-encoded', '/static/..%5c..%5cetc%5cpasswd'],
  ['backslash', '/static/..\\..\\etc\\passwd'],
  ['all-encoded', '/static/%2e%2e%2f%2e%2e%2fetc%2fpasswd'],
  ['encoded-slashes', '/static/..%2f..%2f..%2fetc/passwd'],
  ['encoded-slash', '/static/..%2fsecret.txt'],
  ['above-root', '/static/../../etc/passwd'],
  ['above-root-encoded', '/static/%2e%2e/%2e%2e/etc/passwd'],
  ['above-root-many', `/static/${'../'.repeat(12)}etc/passwd`],
  ['nul', '/static/app.css%00.png'],
  ['nul-raw', '/static/app.css\0.png'],
].map(([id = '', target = '']) => ({
  ...closedTo(id, 'a step up, or past the end of a name', get(target), 400),
  connection: 'closed',
}));

/** Resolved by the proxy to something that is no static file; the app gets the target as it came. */
const elsewhere: readonly Hostile[] = [
  ['look-alike', '/static../secret.txt'],
  ['look-alike-encoded', '/static%2e%2e/secret.txt'],
  ['upper-case', '/STATIC/app.css'],
].map(([id = '', target = '']) =>
  defused(
    `static-${id}`,
    'a path beside the static files: the app answers, from none of them',
    get(target),
    { method: 'GET', target },
    { without: LEAK },
  ),
);

/** Files are only read. */
const written: readonly Hostile[] = [
  ['PUT', 405],
  ['POST', 405],
  ['DELETE', 405],
  ['PATCH', 405],
  ['MKCOL', 405],
  ['PROPFIND', 405],
  ['MOVE', 405],
].map(([method, status]) =>
  closedTo(
    `by-${String(method).toLowerCase()}`,
    'files are read, nothing else',
    request(`${method} /static/app.css HTTP/1.1`, ['Content-Length: 5'], 'hello'),
    Number(status),
  ),
);

const file = (headers: readonly string[]): string => request('GET /static/app.css HTTP/1.1', headers);
const answeredHere = (id: string, why: string, headers: readonly string[], status: number): Hostile => ({
  ...denied(`range-${id}`, why, file(headers), status),
});

/** Parts of a file, asked for so that the answer would cost more than the question. */
const ranges: readonly Hostile[] = [
  answeredHere(
    'many-overlapping',
    'the file a thousand times over',
    [`Range: bytes=${Array.from({ length: 1000 }, () => '0-').join(',')}`],
    200,
  ),
  answeredHere(
    'many-small',
    'a thousand parts, each with its own head',
    [`Range: bytes=${Array.from({ length: 1000 }, (_, index) => `${index}-${index}`).join(',')}`],
    200,
  ),
  answeredHere('descending', 'parts in no order', ['Range: bytes=5-9,0-4,3-7'], 200),
  answeredHere('two', 'more than one part', ['Range: bytes=0-1,3-4'], 200),
  answeredHere('beyond', 'a part behind the end', ['Range: bytes=99999999-'], 416),
  answeredHere('overflow', 'a number of forty digits', [`Range: bytes=0-${'9'.repeat(40)}`], 416),
  answeredHere('negative-overflow', 'a suffix of forty digits', [`Range: bytes=-${'9'.repeat(40)}`], 416),
  answeredHere('backwards', 'an end before its beginning', ['Range: bytes=9-0'], 416),
  answeredHere('other-unit', 'a unit that nobody knows', ['Range: lines=1-2'], 200),
  answeredHere('empty', 'no part at all', ['Range: bytes='], 200),
  answeredHere('words', 'no numbers', ['Range: bytes=a-b'], 416),
];

export const cases: readonly Hostile[] = [...outside, ...closed, ...above, ...elsewhere, ...written, ...ranges];
