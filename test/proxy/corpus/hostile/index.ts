import type { Hostile } from '../case';
import { cases as admin } from './admin';
import { cases as chunks } from './chunks';
import { cases as codings } from './codings';
import { cases as cookies } from './cookies';
import { cases as debris } from './debris';
import { cases as forwarded } from './forwarded';
import { cases as headerLines } from './header-lines';
import { cases as hopByHop } from './hop-by-hop';
import { cases as hosts } from './hosts';
import { cases as lengths } from './lengths';
import { cases as limits } from './limits';
import { cases as methods } from './methods';
import { cases as protocols } from './protocols';
import { cases as sizes } from './sizes';
import { cases as slow } from './slow';
import { cases as splitting } from './splitting';
import { cases as staticFiles } from './static-files';

/** Every hostile request over HTTP/1, by its class. */
export const hostile: Readonly<Record<string, readonly Hostile[]>> = {
  lengths,
  codings,
  chunks,
  headerLines,
  protocols,
  splitting,
  forwarded,
  hopByHop,
  debris,
  staticFiles,
  admin,
  hosts,
  methods,
  sizes,
  slow,
  limits,
  cookies,
};
