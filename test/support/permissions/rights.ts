import { runSimulation } from '@cloud-copilot/iam-simulate';
import { CALLS_OF_EVERY_FUNCTION, functionNamed } from '../../../lib/controls/rules/functions';
import {
  asList,
  asObject,
  at,
  type EnvironmentView,
  type Json,
  type JsonObject,
  type Resource,
} from '../../../lib/controls/view';
import { ACCOUNT, Deployed, MASTER_SECRET, secretArn } from './concrete';
import { type Request, requestsOf } from './requests';

const POLICY = 'AWS::IAM::ManagedPolicy';
const CONTEXT = 'kms:EncryptionContext:SecretARN';

/** One call that one statement allows on one resource. */
interface Right {
  readonly action: string;
  readonly resource: string;
}

/** What came of a function's calls. */
export interface Verdict {
  /** Calls that IAM would refuse. */
  readonly refused: readonly string[];
  /** Rights of which no call made use. */
  readonly unused: readonly string[];
}

/** The rights of one function, as a rendered environment gives them to its role. */
export class Rights {
  private readonly deployed: Deployed;
  private readonly lambda: Resource;
  private readonly requests: Request[] = [];

  constructor(
    private readonly view: EnvironmentView,
    readonly name: string,
  ) {
    this.deployed = new Deployed(view);
    const lambda = functionNamed(name, view);
    if (!lambda) throw new Error(`The environment has no function ${name}`);
    this.lambda = lambda;
  }

  /** Its environment variables, as they would be. */
  get variables(): Readonly<Record<string, string>> {
    const { Variables } = this.deployed.property(this.lambda, 'Environment');
    return { ...(asObject(Variables) as Readonly<Record<string, string>>), AWS_REGION: 'us-east-1' };
  }

  /** Takes a call of its client down. */
  readonly record = (operation: string, input: object): void => {
    this.requests.push(...requestsOf(operation, input, (secret) => this.keyOf(secret)));
  };

  /** Every call so far, judged against every right. */
  async judged(): Promise<Verdict> {
    const distinct = [...new Map(this.requests.map((each) => [JSON.stringify(each), each])).values()];
    const refused: string[] = [];
    const used = new Set<string>();
    for (const request of distinct) {
      const problem = await this.refusal(request);
      if (problem) refused.push(`${request.action} on ${request.resource}: ${problem}`);
      else for (const right of this.rights.filter((each) => covers(each, request))) used.add(JSON.stringify(right));
    }
    const unused = this.rights
      .filter((right) => !used.has(JSON.stringify(right)))
      .map(({ action, resource }) => `${action} on ${resource}`);
    return { refused, unused: [...new Set(unused)] };
  }

  private async refusal({ action, resource, context = {} }: Request): Promise<string | undefined> {
    const result = await runSimulation(
      {
        request: {
          principal: `arn:aws:iam::${ACCOUNT}:role/${this.name}`,
          action,
          resource: { resource, accountId: ACCOUNT },
          contextVariables: {
            'aws:SecureTransport': 'true',
            'aws:PrincipalAccount': ACCOUNT,
            'aws:PrincipalIsAWSService': 'false',
            ...Object.fromEntries(Object.entries(context).filter(([key]) => key !== CONTEXT)),
          },
        },
        identityPolicies: [
          {
            name: 'rights',
            policy: { Version: '2012-10-17', Statement: inContext(this.statements, context[CONTEXT]) },
          },
        ],
        resourcePolicy: this.resourcePolicyOf(resource),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (result.resultType === 'error') return JSON.stringify(result.errors);
    return result.overallResult === 'Allowed' ? undefined : result.overallResult;
  }

  /** Statements of its own policies. What every function may do is Lambda's own business: network, log, failures. */
  private get statements(): readonly JsonObject[] {
    const role = this.view.target(this.lambda.properties.Role, this.lambda);
    return this.view
      .ofType(POLICY)
      .filter((policy) => asList(policy.properties.Roles).some((each) => this.view.target(each, policy) === role))
      .flatMap((policy) => asList(this.deployed.property(policy, 'PolicyDocument').Statement))
      .map(asObject)
      .filter(({ Action }) => !asList(Action).every((each) => CALLS_OF_EVERY_FUNCTION.includes(String(each))));
  }

  private get rights(): readonly Right[] {
    return this.statements.flatMap(({ Action, Resource, Condition }) => {
      const secrets = asList(asObject(at(Condition, 'StringEquals'))[CONTEXT]);
      return asList(Action).flatMap((action) =>
        (secrets.length > 0 ? secrets : asList(Resource)).map((resource) => ({
          action: String(action),
          resource: String(resource),
        })),
      );
    });
  }

  /** A secret refuses strangers, and a key lets the account's own IAM decide. */
  private resourcePolicyOf(arn: string): Json | undefined {
    const key = this.view.ofType('AWS::KMS::Key').find((each) => this.arnOf(each) === arn);
    if (key) return this.deployed.property(key, 'KeyPolicy');
    const policy = this.view
      .ofType('AWS::SecretsManager::ResourcePolicy')
      .find((each) => this.deployed.value(each.properties.SecretId, each.stack) === arn);
    return policy && this.deployed.property(policy, 'ResourcePolicy');
  }

  private keyOf(secret: string): string | undefined {
    if (secret === secretArn(MASTER_SECRET)) {
      const [database] = this.view.ofType('AWS::RDS::DBInstance');
      return database && String(at(this.deployed.property(database, 'MasterUserSecret'), 'KmsKeyId'));
    }
    const found = this.view.ofType('AWS::SecretsManager::Secret').find((each) => this.arnOf(each) === secret);
    return found && String(this.deployed.value(found.properties.KmsKeyId, found.stack));
  }

  private arnOf(resource: Resource): string {
    return String(this.deployed.value({ 'Fn::GetAtt': [resource.logicalId, 'Arn'] }, resource.stack));
  }
}

/**
 * Statements that hold in an encryption context, without their condition on it: the simulator knows no keys whose names are
 * made up as one goes, and would refuse.
 */
const inContext = (statements: readonly JsonObject[], secret: string | undefined): JsonObject[] =>
  statements.flatMap((statement) => {
    const { [CONTEXT]: wanted, ...others } = asObject(at(statement, 'Condition.StringEquals'));
    if (wanted === undefined) return [statement];
    if (!asList(wanted).some((each) => each === secret)) return [];
    return [{ ...statement, Condition: { ...asObject(statement.Condition), StringEquals: others } }];
  });

/** Whether a right is what let a call in: by name, or by a pattern that the right is. */
function covers({ action, resource }: Right, request: Request): boolean {
  const on = request.context?.[CONTEXT] ?? request.resource;
  const pattern = new RegExp(`^${resource.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  return action === request.action && pattern.test(on);
}
