import { CfnResource } from 'aws-cdk-lib';

/** An escape hatch that was used on a resource. */
export interface Override {
  /** What it wrote, such as `Properties.StorageEncrypted`. */
  readonly path: string;
  /** Frames of who called it, the innermost first. */
  readonly trace: readonly string[];
}

const known = new WeakMap<CfnResource, Override[]>();
const NONE: readonly Override[] = [];

/** Escape hatches that were used on a resource since `traceOverrides()`, in order. */
export const overridesOf = (resource: CfnResource): readonly Override[] => known.get(resource) ?? NONE;

let traced = false;

/**
 * Notes from now on who calls an escape hatch. The CDK does so only in its debug mode, which traces every token too and
 * takes twice the time; escape hatches are rare. All of them end in `addOverride`.
 */
export function traceOverrides(): void {
  if (traced) return;
  traced = true;
  const { addOverride } = CfnResource.prototype;
  CfnResource.prototype.addOverride = function (this: CfnResource, path: string, value: unknown): void {
    const at: { stack?: string } = {};
    Error.captureStackTrace(at, CfnResource.prototype.addOverride);
    const trace = (at.stack ?? '').split('\n').slice(1);
    known.set(this, [...overridesOf(this), { path, trace }]);
    addOverride.call(this, path, value);
  };
}
