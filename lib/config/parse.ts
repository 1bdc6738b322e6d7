/** What the rest of the kit needs to get from an operator's files to environments. */
export { parseEnvironment, type Source } from './environment';
export { ENVIRONMENTS_FOLDER, environmentNames, loadEnvironments, parseEnvironments } from './load';
export { type FormatOptions, formatMistakes } from './mistakes/format';
export { ConfigurationError, type Mistake } from './mistakes/mistake';
export { type Placeholder, placeholders } from './placeholders';
