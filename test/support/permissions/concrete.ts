import {
  asList,
  asObject,
  type EnvironmentView,
  type Json,
  type JsonObject,
  type Resource,
} from '../../../lib/controls/view';

/** An account and a region as any other. */
export const ACCOUNT = '123456789012';
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::URLSuffix': 'amazonaws.com',
};
const arn = (service: string, rest: string): string => `arn:aws:${service}:us-east-1:${ACCOUNT}:${rest}`;

/** ARN of a secret with that name, as the stand-in for Secrets Manager gives it. */
export const secretArn = (name: string): string => arn('secretsmanager', `secret:${name}-AbCdEf`);
/** The secret that RDS makes for the master. */
export const MASTER_SECRET = 'rds!db-4f3c';

/**
 * Values of a rendered environment as they would be once deployed: references become ARNs and names of one account. What
 * has a name in the template keeps it; what AWS would name is named after its logical id.
 */
export class Deployed {
  constructor(readonly view: EnvironmentView) {}

  /** A value with every reference in it resolved. */
  value(node: Json | undefined, stack: string): Json {
    if (node === undefined || node === null || typeof node !== 'object') return node ?? null;
    if (Array.isArray(node)) return node.map((each) => this.value(each, stack));
    const body = asObject(node);
    const [[key, inner] = ['', null]] = Object.entries(body);
    const imported = this.view.imported(node);
    if (imported) return this.value(imported.value, imported.stack);
    if (key === 'Ref') return PSEUDO[String(inner)] ?? this.identifier(this.found(node, stack));
    if (key === 'Fn::GetAtt') {
      const [, attribute] = asList(inner).length > 1 ? asList(inner) : String(inner).split(/\.(.*)/);
      return this.attribute(this.found(node, stack), String(attribute));
    }
    if (key === 'Fn::Join') {
      const [separator, parts] = asList(inner);
      return asList(parts)
        .map((each) => String(this.value(each, stack)))
        .join(String(separator));
    }
    return Object.fromEntries(Object.entries(body).map(([name, each]) => [name, this.value(each, stack)]));
  }

  /** A property of a resource, resolved. */
  property(resource: Resource, name: string): JsonObject {
    return asObject(this.value(resource.properties[name], resource.stack));
  }

  private found(reference: Json, stack: string): Resource {
    const target = this.view.target(reference, { stack });
    if (!target) throw new Error(`${JSON.stringify(reference)} in ${stack} leads nowhere`);
    return target;
  }

  private identifier(resource: Resource): string {
    return resource.type === 'AWS::SecretsManager::Secret' || resource.type === 'AWS::IAM::ManagedPolicy'
      ? this.attribute(resource, 'Arn')
      : String(this.value(resource.properties.FunctionName, resource.stack) ?? resource.logicalId);
  }

  private attribute({ type, properties, stack, logicalId }: Resource, attribute: string): string {
    if (attribute === 'MasterUserSecret.SecretArn') return secretArn(MASTER_SECRET);
    if (attribute === 'Endpoint.Address') return 'database.internal';
    if (attribute !== 'Arn' && attribute !== 'Id') return logicalId;
    switch (type) {
      case 'AWS::SecretsManager::Secret':
        return secretArn(String(this.value(properties.Name, stack)));
      case 'AWS::KMS::Key':
        return arn('kms', `key/${logicalId}`);
      case 'AWS::SQS::Queue':
        return arn('sqs', logicalId);
      case 'AWS::Logs::LogGroup':
        return arn('logs', `log-group:${logicalId}:*`);
      case 'AWS::Lambda::Function':
        return arn('lambda', `function:${String(properties.FunctionName)}`);
      default:
        return `arn:aws:${type.split('::')[1]?.toLowerCase()}:::${logicalId}`;
    }
  }
}
