import { Aws, SecretValue, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnResourcePolicy, type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { except, maintained } from '../../controls/except';
import { removalPolicyOf } from '../naming';

export interface ApplicationSecretProps {
  readonly environment: Environment;
  /** Name below `<application>/<environment>/`, such as `database/app`. */
  readonly name: string;
  readonly description: string;
  readonly key: IKey;
  /**
   * What Secrets Manager makes.
   * @default - nothing: a person puts the value there, and no version that needs it is deployed before
   */
  readonly generate?: Generated;
  /** A login that starts with the password of another one, in place of a generated value. @default - none */
  readonly copies?: CopiedLogin;
  /** Who changes the value. */
  readonly changed: ChangedBy;
}

/** Who changes a secret's value, and so whose alarm tells that nobody did. */
export type ChangedBy =
  /** A rotation of its own: see `rotation/`. */
  | 'rotation'
  /** The rotation of the login that it copies. */
  | 'rotation of the copied login'
  /** A person: the audit of secrets asks for it in time. */
  | 'person';

/** A random value in a JSON document. */
export interface Generated {
  /** Field of the random value. */
  readonly field: string;
  /** Its characters: letters and digits only, so that no URL, shell or connection string can misread it. */
  readonly length: number;
  /**
   * Fields beside it. Changing them, even only their order, makes CloudFormation draw a new random value: for a
   * login that the database knows by the old one, this is an outage.
   */
  readonly beside: Readonly<Record<string, unknown>>;
}

/** `{ username, password }`, the password fetched by CloudFormation when it makes the secret; the template has no value. */
export interface CopiedLogin {
  readonly username: string;
  /** Whose field `password` is copied. */
  readonly of: ApplicationSecret;
}

/**
 * One secret of an environment, under the environment's own key.
 *
 * The key's policy lets the account's IAM decide, so a reader's rights stand on the reader's side only. Were they
 * written into the key's policy as well, this stack would need the reader's role and the reader's stack this secret.
 */
export class ApplicationSecret extends Secret {
  private readonly cipher: IKey;

  constructor(scope: Construct, id: string, props: ApplicationSecretProps) {
    const { environment, generate, copies } = props;
    super(scope, id, {
      secretName: `${environment.app.name}/${environment.name}/${props.name}`,
      description: props.description,
      // By its ARN, so that the L2 adds nothing to the key's policy: that this account's IAM decides is enough.
      encryptionKey: Key.fromKeyArn(scope, `${id}Key`, props.key.keyArn),
      generateSecretString: generate && {
        secretStringTemplate: Stack.of(scope).toJsonString(generate.beside),
        generateStringKey: generate.field,
        passwordLength: generate.length,
        excludePunctuation: true,
        includeSpace: false,
        requireEachIncludedType: true,
      },
      secretObjectValue: copies && {
        username: SecretValue.unsafePlainText(copies.username),
        password: copies.of.secretValueFromJson('password'),
      },
      removalPolicy: removalPolicyOf(environment),
    });
    this.cipher = props.key;
    // The L2 generates a value when it is given none. A made-up key of another company would start the app and fail
    // at its first use; a missing one fails the deployment with words that name the secret.
    if (!generate && !copies) (this.node.defaultChild as CfnSecret).generateSecretString = undefined;
    this.refuseStrangers();
    this.stateException(props.changed);
  }

  /**
   * Lets a principal read the value, through Secrets Manager only and for this secret only.
   */
  override grantRead(grantee: IGrantable): Grant {
    this.grantCipher(grantee, 'kms:Decrypt');
    return this.grant(grantee, 'secretsmanager:GetSecretValue');
  }

  /** Lets a principal see the labels and read the value: what a function does that logs in. */
  grantLook(grantee: IGrantable): Grant {
    this.grantRead(grantee);
    return this.grant(grantee, 'secretsmanager:DescribeSecret');
  }

  /** Lets a principal put new versions, without reading them. */
  grantPut(grantee: IGrantable): Grant {
    this.grantCipher(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
    return this.grant(grantee, 'secretsmanager:PutSecretValue');
  }

  /** Lets a principal read the value, put new versions and move labels: what a rotation does. */
  grantRotate(grantee: IGrantable): Grant {
    this.grantCipher(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
    return this.grant(
      grantee,
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    );
  }

  private grant(grantee: IGrantable, ...actions: readonly string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns: [this.secretArn] });
  }

  /** Lets a principal use the key for this secret, through Secrets Manager only. */
  private grantCipher(grantee: IGrantable, ...actions: readonly string[]): void {
    Grant.addToPrincipal({
      grantee,
      actions: [...actions],
      resourceArns: [this.cipher.keyArn],
      conditions: throughSecretsManager(this, this.secretArn),
    });
  }

  /** Whatever an identity's policy says, nobody reads the secret without TLS or from another account. */
  private refuseStrangers(): void {
    const refuse = (sid: string, conditions: PolicyStatement['conditions']) =>
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['secretsmanager:*'],
        resources: ['*'],
        conditions,
      });
    new CfnResourcePolicy(this, 'Access', {
      secretId: this.secretArn,
      blockPublicPolicy: true,
      resourcePolicy: {
        Version: '2012-10-17',
        Statement: [
          refuse('RefusePlainText', { Bool: { 'aws:SecureTransport': 'false' } }),
          refuse('RefuseOtherAccounts', {
            StringNotEquals: { 'aws:PrincipalAccount': Stack.of(this).account },
            Bool: { 'aws:PrincipalIsAWSService': 'false' },
          }),
        ].map((statement) => statement.toStatementJson()),
      },
    });
  }

  private stateException(changed: ChangedBy): void {
    if (changed === 'rotation') return;
    const reasons: Readonly<Record<Exclude<ChangedBy, 'rotation'>, string>> = {
      'rotation of the copied login':
        'It changes with the login that it copies: a rotation of its own would bar that login',
      person: 'Only a person can change it: the audit of secrets raises an alarm two weeks before it is due (row K06)',
    };
    except(this, { finding: 'AwsSolutions-SMG4', reason: reasons[changed], ...maintained });
  }
}

/** Conditions under which a key may be used: by a call of Secrets Manager, for one secret. */
export const throughSecretsManager = (scope: Construct, secretArn: string) => ({
  StringEquals: {
    'kms:ViaService': `secretsmanager.${Stack.of(scope).region}.${Aws.URL_SUFFIX}`,
    'kms:EncryptionContext:SecretARN': secretArn,
  },
});
