import { everyDirective, parseNginx } from '../../../../lib/controls/rules/proxy/nginx-file';

/** Name and arguments, and the same of the block. */
type Short = readonly [string, ...(string | readonly Short[])[]];
const short = (text: string) => {
  const shorten = (directives: ReturnType<typeof parseNginx>): Short[] =>
    directives.map(({ name, args, block }) => [name, ...args, ...(block ? [shorten(block)] : [])]);
  return shorten(parseNginx(text));
};

describe('an nginx configuration', () => {
  it('is read as directives and blocks', () => {
    expect(short('events { worker_connections 64; }\nhttp {\n server { listen 1 ssl; }\n}')).toEqual([
      ['events', [['worker_connections', '64']]],
      ['http', [['server', [['listen', '1', 'ssl']]]]],
    ]);
  });

  it('knows quotes, and that marks inside them mean nothing', () => {
    expect(short(`add_header A "a; b { } 'c' # d" always; log_format f '{"x":"$y"}';`)).toEqual([
      ['add_header', 'A', "a; b { } 'c' # d", 'always'],
      ['log_format', 'f', '{"x":"$y"}'],
    ]);
  });

  it('takes escapes as nginx does: quotes, backslash and ends of line only', () => {
    expect(short(String.raw`a "b\"c\\d\.e\n"; location ~ \.php$ { } x y\;z;`)).toEqual([
      ['a', 'b"c\\d\\.e\n'],
      ['location', '~', '\\.php$', []],
      ['x', 'y\\;z'],
    ]);
  });

  it('keeps the braces of a variable in their word', () => {
    expect(short(`return 302 https://\${host}/a;`)).toEqual([['return', '302', `https://\${host}/a`]]);
  });

  it('leaves comments out, but not a # inside a word', () => {
    expect(short('# a;\nb c#d; # e')).toEqual([['b', 'c#d']]);
  });

  it('says on which line a directive stands', () => {
    const lines = everyDirective(parseNginx('a;\n\nb {\n  c "1\n2";\n  d;\n}')).map(({ name, line }) => [name, line]);
    expect(lines).toEqual([
      ['a', 1],
      ['b', 3],
      ['c', 4],
      ['d', 6],
    ]);
  });

  it.each([
    ['an unclosed block', 'a { b;'],
    ['a closed one too many', 'a; }'],
    ['a directive without an end', 'a b'],
    ['a directive without an end in a block', 'a { b }'],
    ['a semicolon of its own', ';'],
    ['a block without a name', '{ }'],
    ['an unclosed quote', 'a "b;'],
    ['a quote with a tail', 'a "b"c;'],
  ])('refuses %s', (_, text) => {
    expect(() => parseNginx(text)).toThrow(/^(line \d+: |unexpected end)/);
  });
});
