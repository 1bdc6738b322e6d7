import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CfnResource, type IResolvable, type PolicyValidationStack, Stack, Stage, Token } from 'aws-cdk-lib';
import type { TierOf } from '../../view';
import type { Subject } from '../subject';
import { KIT_PACKAGE, versionOf } from './pack';

/** Folder of everything that the kit judges by: controls, gate, rows. A test proves that it needs nothing beside. */
export const CONTROLS = join(__dirname, '..', '..');
/** The libraries that it judges with. */
export const LIBRARIES: readonly string[] = ['aws-cdk-lib', 'constructs', 'cdk-nag', 'zod'];

/**
 * A hash of everything that decides what the packs answer: the bytes that would be deployed, the constructs as cdk-nag
 * sees them, the code and the libraries that judge. The day is no part of it: packs do not know it, and exceptions are
 * laid against their findings anew each time.
 */
export function fingerprintOf(subject: Subject, tierOf: TierOf): string {
  const hash = createHash('sha256');
  const add = (...parts: readonly unknown[]): void => {
    hash.update(`${JSON.stringify(parts)}\n`);
  };
  add(process.version, versionOf(KIT_PACKAGE));
  add(...LIBRARIES.map((library) => versionOf(`${library}/package.json`)));
  add(...codeIn(CONTROLS));
  for (const stage of subject.context.appConstruct.node.findAll().filter((each) => Stage.isStage(each)))
    add(stage.node.path, tierOf(stage.node.path) ?? null);
  for (const stack of subject.context.stackTemplates) add(...deployed(stack));
  for (const [path, resource] of subject.resources) add(path, ...construct(resource));
  return hash.digest('hex');
}

/** A stack as it would be deployed. The hashes in the manifest of its assets tell the files of its images. */
function deployed({ stackConstructPath, templatePath, accountId, region }: PolicyValidationStack): unknown[] {
  const assets = templatePath.replace(/\.template\.json$/, '.assets.json');
  return [
    stackConstructPath,
    accountId ?? null,
    region ?? null,
    readFileSync(templatePath, 'utf8'),
    assets !== templatePath && existsSync(assets) ? readFileSync(assets, 'utf8') : null,
  ];
}

/**
 * A resource as a rule of cdk-nag sees it. An override shows in the template and not in the construct, so the template
 * alone does not tell what cdk-nag finds; and a value behind a token looks otherwise to a rule than a plain one.
 */
function construct(resource: CfnResource): unknown[] {
  const stack = Stack.of(resource);
  const properties = (resource as unknown as { cfnProperties: object }).cfnProperties;
  return [
    stack.node.path,
    stack.stackName,
    stack.region,
    stack.resolve(resource.logicalId),
    classOf(resource),
    resource.cfnResourceType,
    resource.cfnOptions.deletionPolicy ?? null,
    resource.cfnOptions.updateReplacePolicy ?? null,
    unresolved(properties),
    stack.resolve(properties),
  ];
}

const RTTI = Symbol.for('jsii.rtti');

/** Names of the classes up to the library's base, for rules ask what a construct is an instance of. */
function classOf(resource: CfnResource): string[] {
  const names: string[] = [];
  for (let at = resource.constructor; at.name !== ''; at = Object.getPrototypeOf(at) as typeof at)
    names.push((at as { [RTTI]?: { fqn: string } })[RTTI]?.fqn ?? at.name);
  return names;
}

/** A value with its tokens marked as such: numbers of tokens differ from run to run of another app. */
function unresolved(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/Token\[([^\]]*)\.\d+\]/g, 'Token[$1]');
  if (typeof value === 'number') return Token.isUnresolved(value) ? 'token' : value;
  if (typeof value !== 'object' || value === null) return value;
  if (isToken(value)) return { token: value.constructor.name };
  if (Array.isArray(value)) return value.map(unresolved);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unresolved(each)]));
}

const isToken = (value: object): value is IResolvable => typeof (value as Partial<IResolvable>).resolve === 'function';

/** Paths and contents of every file, in order. */
function codeIn(folder: string, under = ''): string[] {
  return readdirSync(join(folder, under), { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(under, entry.name);
      return entry.isDirectory() ? codeIn(folder, path) : [path, readFileSync(join(folder, path), 'utf8')];
    });
}
