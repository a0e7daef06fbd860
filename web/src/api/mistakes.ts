import type { MistakeFragment } from '../generated/graphql';

/** The mistakes of an answer, each to be shown at its field. */
export class Mistakes {
  constructor(private readonly list: readonly MistakeFragment[] = []) {}

  /** Of an answer's errors; where no answer came, that is the mistake. */
  static of(errors: readonly MistakeFragment[] | undefined): Mistakes {
    const silence = {
      code: 'INVALID_ARGUMENT',
      field: null,
      message: 'The server could not be asked. Try again.',
    } as const;
    return new Mistakes(errors ?? [silence]);
  }

  /** What is wrong with a field, such as `recipe.steps`. */
  at(field: string): string | undefined {
    return this.list.find((mistake) => mistake.field === field)?.message;
  }

  /** What is wrong within a field, such as `styles.1`. */
  under(field: string): string | undefined {
    return this.list.find((mistake) => mistake.field?.startsWith(`${field}.`))?.message;
  }

  /** What belongs to none of these fields. */
  elsewhere(isShown: (field: string) => boolean): readonly string[] {
    const list = this.list.filter(({ field }) => field === null || !isShown(field));
    return [...new Set(list.map(({ message }) => message))];
  }
}
