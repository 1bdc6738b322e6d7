/** One directive of an nginx configuration: `listen 8443 ssl;` or `server { … }`. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  /** Directives of its block; nothing when it ends with a semicolon. */
  readonly block?: readonly Directive[];
  /** Line on which it begins, from 1. */
  readonly line: number;
}

interface Token {
  readonly text: string;
  /** Opens or closes a block or ends a directive; a quoted one never does. */
  readonly mark: boolean;
  readonly line: number;
}

/** Reads a configuration as nginx does, without following `include`. @throws when nginx would not start with it */
export function parseNginx(text: string): readonly Directive[] {
  const open: Directive[][] = [[]];
  let words: Token[] = [];
  for (const token of tokens(text)) {
    if (!token.mark) {
      words.push(token);
      continue;
    }
    const [name, ...args] = words;
    words = [];
    if (token.text === '}') {
      if (name || open.length === 1) throw new Error(`line ${token.line}: unexpected }`);
      open.pop();
      continue;
    }
    if (!name) throw new Error(`line ${token.line}: unexpected ${token.text}`);
    const directive = { name: name.text, args: args.map((each) => each.text), line: name.line };
    const block: Directive[] = [];
    open.at(-1)?.push(token.text === '{' ? { ...directive, block } : directive);
    if (token.text === '{') open.push(block);
  }
  if (open.length > 1 || words.length > 0) throw new Error('unexpected end of file');
  return open[0] as Directive[];
}

/** Every directive, blocks before what they hold. */
export function everyDirective(directives: readonly Directive[]): readonly Directive[] {
  const every: Directive[] = [];
  const visit = (block: readonly Directive[]): void => {
    for (const each of block) {
      every.push(each);
      if (each.block) visit(each.block);
    }
  };
  visit(directives);
  return every;
}

const SPACE = /\s/;
const isSpace = (char: string): boolean => char === ' ' || char === '\n' || SPACE.test(char);
/** A word without backslashes and braces, up to what ends it. */
const PLAIN = /[^\s;{\\]+(?=[\s;])/y;

function* tokens(text: string): Generator<Token> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const char = text[at] as string;
    if (isSpace(char)) {
      if (char === '\n') line += 1;
      at += 1;
    } else if (char === '#') {
      at = text.indexOf('\n', at);
      if (at < 0) return;
    } else if (MARKS.has(char)) {
      yield { text: char, mark: true, line };
      at += 1;
    } else {
      const word = QUOTES.has(char) ? quoted(text, at, line) : bare(text, at);
      yield { text: word.text, mark: false, line };
      line += breaksIn(text, at, word.end);
      at = word.end;
    }
  }
}

const MARKS = new Set([';', '{', '}']);
const QUOTES = new Set(['"', "'"]);

function breaksIn(text: string, from: number, to: number): number {
  let breaks = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) breaks += 1;
  return breaks;
}

interface Word {
  readonly text: string;
  readonly end: number;
}

/** A quoted word, which a space or a mark must follow. */
function quoted(text: string, from: number, line: number): Word {
  const quote = text[from];
  let word = '';
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === quote) {
      if (at + 1 < text.length && !/[\s;{)]/.test(text[at + 1] as string)) {
        throw new Error(`line ${line}: unexpected ${JSON.stringify(text[at + 1])} after a quoted word`);
      }
      return { text: word, end: at + 1 };
    }
    const escaped = text[at] === '\\' ? unescaped(text[at + 1]) : undefined;
    word += escaped ?? text[at];
    if (escaped !== undefined) at += 1;
  }
  throw new Error(`line ${line}: a quoted word has no end`);
}

/** A word up to a space, `;` or `{`; the brace of `${name}` is part of it. */
function bare(text: string, from: number): Word {
  // Most words have nothing that could mean something else.
  PLAIN.lastIndex = from;
  const plain = PLAIN.exec(text)?.[0];
  if (plain) return { text: plain, end: from + plain.length };
  let word = '';
  let at = from;
  while (at < text.length) {
    const char = text[at] as string;
    const variable = char === '{' && text[at - 1] === '$';
    if (SPACE.test(char) || char === ';' || (char === '{' && !variable)) break;
    const escaped = char === '\\' ? unescaped(text[at + 1]) : undefined;
    // Even where the backslash stays, what follows it no longer ends the word.
    word += escaped ?? (char === '\\' ? char + (text[at + 1] ?? '') : char);
    at += char === '\\' ? 2 : 1;
  }
  return { text: word, end: at };
}

/** What nginx makes of a character after a backslash; nothing where it keeps both, as regular expressions need. */
function unescaped(char: string | undefined): string | undefined {
  if (char === '"' || char === "'" || char === '\\') return char;
  return { t: '\t', r: '\r', n: '\n' }[char ?? ''];
}
