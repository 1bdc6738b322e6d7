import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { z } from 'zod';

/**
 * The one way to let a finding through, anywhere in the kit: a known finding, one resource, a reason, an owner and
 * a last day. It is written into the template, where reviewers read it, and the gate refuses one that is expired,
 * unknown or no longer needed.
 */
export interface Exception {
  /** The finding's id as the refusal prints it, such as `AwsSolutions-S1`. */
  readonly finding: string;
  /** Why the finding may stand: a sentence that a reviewer can judge. */
  readonly reason: string;
  /** Who answers for it: a person or team that can be reached. */
  readonly owner: string;
  /** Last day that it holds, as YYYY-MM-DD. */
  readonly expires: string;
}

/** Who answers for the exceptions that the kit itself states, and until when: they are argued anew together. */
export const maintained = { owner: 'Breakwater maintainers', expires: '2027-11-30' } as const;

const exceptionFields = {
  finding: z
    .string()
    .regex(/^[A-Za-z][\w.:[\]<>*/ -]{2,300}$/)
    .meta({ expected: 'the id that the refusal prints', example: 'AwsSolutions-S1' }),
  reason: z
    .string()
    .trim()
    .min(12)
    .max(400)
    .meta({ expected: 'a sentence of at least 12 characters', example: 'Logs of the log bucket would log themselves' }),
  owner: z
    .string()
    .trim()
    .min(3)
    .max(120)
    .meta({ expected: 'a person or team that can be reached', example: 'platform@example.com' }),
  expires: z.iso.date().meta({ expected: 'the last day that it holds, as YYYY-MM-DD', example: '2027-06-30' }),
};

/** An exception as a construct states it, beside the resource. */
export const exceptionSchema = z.strictObject(exceptionFields);

/** An exception as an environment's file states it: it names the resource too. */
export const placedExceptionSchema = z.strictObject({
  ...exceptionFields,
  /** Construct path of one resource, as the refusal prints it. */
  resource: z
    .string()
    .regex(/^[A-Za-z][\w/.{}:-]{2,300}$/)
    .meta({ expected: 'the construct path that the refusal prints', example: 'prod/edge/LoadBalancer/Resource' }),
});
export type PlacedException = z.infer<typeof placedExceptionSchema>;

/** Key in a resource's template metadata under which the exceptions stand. */
export const EXCEPTIONS_METADATA = 'Breakwater::Exceptions';

/**
 * States an exception on one resource.
 *
 * @param construct the resource, or an L2 whose default child it is
 * @throws when the construct is no single resource, or a field is malformed: a programming mistake, not an operator's
 */
export function except(construct: IConstruct, ...exceptions: readonly Exception[]): void {
  const resource = resourceOf(construct);
  write(resource, [...statedOn(resource), ...exceptions]);
}

/**
 * States an exception in place of the kit's own for the same finding, where it has one: an operator who answers for it
 * argues it anew, with another end.
 *
 * @throws as `except` does
 */
export function exceptInstead(construct: IConstruct, exception: Exception): void {
  const resource = resourceOf(construct);
  write(resource, [...statedOn(resource).filter(({ finding }) => finding !== exception.finding), exception]);
}

function resourceOf(construct: IConstruct): CfnResource {
  const resource = CfnResource.isCfnResource(construct) ? construct : construct.node.defaultChild;
  if (resource && CfnResource.isCfnResource(resource)) return resource;
  throw new Error(
    `except(): ${construct.node.path} is not one resource. Expected a resource or a construct with a default child, for example except(bucket, { … }).`,
  );
}

const statedOn = (resource: CfnResource): readonly Exception[] =>
  (resource.getMetadata(EXCEPTIONS_METADATA) as Exception[] | undefined) ?? [];

const write = (resource: CfnResource, exceptions: readonly Exception[]): void =>
  resource.addMetadata(
    EXCEPTIONS_METADATA,
    exceptions.map((each) => exceptionSchema.parse(each)),
  );
