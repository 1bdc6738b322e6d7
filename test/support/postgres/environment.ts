import { twins } from '../../../lambda/common/database-roles/env';
import { newPassword } from '../../../lambda/common/database-roles/login';
import type { Purpose } from '../../../lambda/common/database-roles/model';
import type { Surroundings } from '../../../lambda/common/database-roles/settings';
import type { Place } from '../../../lambda/common/postgres/session';
import { rotate } from '../../../lambda/common/rotation/rotate';
import { SecretStore } from '../../../lambda/common/secrets/store';
import { DatabaseLogin } from '../../../lambda/rotate-database-password/database-login';
import type { DatabaseProxy } from '../../../lambda/rotate-database-password/proxy';
import { clientOf } from '../secrets-manager/client';
import { rotation } from '../secrets-manager/rotation';
import { SecretsManagerStandIn } from '../secrets-manager/service';
import type { Login, PostgresServer } from './server';

export const names = {
  app: 'ums/prod/database/app',
  migrate: 'ums/prod/database/migrate',
  master: 'rds!db-4f3c',
} as const;

const DAY = 24 * 3600_000;

/** Limits that no test reaches by chance. */
export const limits = {
  app: { connections: 20, statementSeconds: 30, idleSeconds: 60 },
  migrate: { connections: 5, statementSeconds: 600, idleSeconds: 300 },
} as const;

/** An environment's database and its secrets, as they are when the stack has just made them. */
export class DatabaseEnvironment {
  readonly secrets = new SecretsManagerStandIn();
  readonly client = clientOf(this.secrets);
  private readonly seen = new Set<string>();

  constructor(readonly server: PostgresServer) {
    this.secrets.add({ name: names.master, value: JSON.stringify(server.master), rotates: false });
    for (const purpose of ['app', 'migrate'] as const)
      this.secrets.add({
        name: names[purpose],
        value: JSON.stringify({ username: twins[purpose][0], password: newPassword().reveal() }),
      });
  }

  get place(): Place {
    const { host, port, database, authority } = this.server;
    return { host, port, database, authorities: [authority.certificate] };
  }

  /** What a function knows of its environment. */
  get surroundings(): Surroundings {
    const store = (name: string) =>
      new SecretStore(this.secrets.secret(name).arn, { client: this.client, wait: () => Promise.resolve() });
    return {
      place: this.place,
      master: store(names.master),
      secrets: { app: store(names.app), migrate: store(names.migrate) },
      limits,
    };
  }

  /** One step of a rotation, as the function does it. */
  step(event: unknown, proxy?: DatabaseProxy): Promise<void> {
    const wait = () => Promise.resolve();
    return rotate(new DatabaseLogin(this.surroundings, proxy), event, { client: this.client, wait });
  }

  /** A rotation as Secrets Manager runs it. */
  rotate(
    purpose: Purpose,
    options: { readonly attempts?: number; readonly proxy?: DatabaseProxy } = {},
  ): Promise<string> {
    const { attempts = 1, proxy } = options;
    return rotation(this.secrets, names[purpose], { invoke: (event) => this.step(event, proxy), attempts });
  }

  /** The login in use. */
  login(purpose: Purpose): Login {
    return JSON.parse(this.secrets.value(names[purpose]) ?? 'null') as Login;
  }

  /** Three months go by, in which Secrets Manager forgets old versions. */
  later(): void {
    this.passwords();
    this.secrets.now += 90 * DAY;
  }

  /** Every password that any version of any secret has had. */
  passwords(): readonly string[] {
    for (const name of Object.values(names))
      for (const { value } of this.secrets.secret(name).versions.values())
        if (value !== undefined) this.seen.add((JSON.parse(value) as Login).password);
    return [...this.seen];
  }
}
