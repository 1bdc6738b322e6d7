import type { SecretKind } from '../../../../lambda/common/rotation/kind';
import { SecretContentError, SecretDocument } from '../../../../lambda/common/secrets/document';
import { Secret } from '../../../../lambda/common/secrets/secret';
import { Boundaries } from '../../../support/secrets-manager/faults';

export interface Word {
  readonly turn: number;
  readonly word: Secret;
}

/** A server that lets in whoever says one of its words. */
export class Gate {
  readonly accepted = new Set<string>();
  boundaries = new Boundaries();
  /** How many words were ever drawn: each is another one. */
  drawn = 0;

  admits(content: string): boolean {
    return this.accepted.has((JSON.parse(content) as { word: string }).word);
  }
}

export const contentOf = (turn: number, word: string): string => JSON.stringify({ turn, word });

/** A kind of secret that is as small as one can be: a word, and a turn that counts up. */
export function wordsOf(gate: Gate): SecretKind<Word> {
  return {
    name: 'word',
    parse(content) {
      const document = SecretDocument.parse(content);
      const [turn, word] = [document.field('turn'), document.field('word')];
      if (typeof turn !== 'number' || typeof word !== 'string') throw new SecretContentError(['turn or word is wrong']);
      return { turn, word: new Secret(word) };
    },
    serialize: ({ turn, word }) => SecretDocument.empty.with({ turn, word }).serialize(),
    create: async ({ turn }) => ({ turn: turn + 1, word: new Secret(`word-${++gate.drawn}-of-many`) }),
    refusal: ({ pending, current }) =>
      pending.turn === current.turn + 1 ? undefined : `its turn is ${pending.turn}, the current one ${current.turn}`,
    set: async ({ pending }) => {
      await gate.boundaries.around('gate: set', async () => void gate.accepted.add(pending.word.reveal()));
    },
    test: async ({ pending }) => {
      await gate.boundaries.around('gate: test', async () => {
        if (!gate.accepted.has(pending.word.reveal())) throw new Error('The gate does not admit the pending word');
      });
    },
  };
}
