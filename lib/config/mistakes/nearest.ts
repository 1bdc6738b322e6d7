/** The known word that was probably meant, or nothing when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(word.length / 3));
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  if (ranked[0] && ranked[0].distance <= most) return ranked[0].candidate;
  return beginningAlike(word, known);
}

/** Letters by which a word that was cut short, or went on, is known: `static` for `staticFiles`. */
const BEGINNING = 4;

/** The one word that goes on from the other. */
function beginningAlike(word: string, known: readonly string[]): string | undefined {
  const alike = known.filter((candidate) => {
    const [short = '', long = ''] = [word, candidate]
      .map((each) => each.toLowerCase())
      .sort((a, b) => a.length - b.length);
    return short.length >= BEGINNING && long.startsWith(short);
  });
  return alike.length === 1 ? alike[0] : undefined;
}

/** Edits (insert, delete, replace, swap of neighbours) between two words. */
function distance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  const at = (i: number, j: number): number => rows[i]?.[j] ?? j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      (rows[i] as number[])[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + same,
        swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(a.length, b.length);
}
