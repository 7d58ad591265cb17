/** The two halves of a checksum of SQLite's write-ahead log, 32 bits each. */
export type LogSum = readonly [number, number];
/** In which order it reads the bytes of a word. */
export type SumOrder = 'little' | 'big';

/** Goes on with a checksum over more bytes, a multiple of 8 (https://sqlite.org/fileformat2.html, section 4.2). */
export function addedTo([first, second]: LogSum, bytes: Buffer, order: SumOrder): LogSum {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLittle = order === 'little';
  let [one, two] = [first, second];
  for (let at = 0; at < bytes.length; at += 8) {
    one = (one + view.getUint32(at, isLittle) + two) >>> 0;
    two = (two + view.getUint32(at + 4, isLittle) + one) >>> 0;
  }
  return [one, two];
}

/**
 * The bits of so many words, by their value in the word, of which one flipped may have made `found` of `wanted`. What a
 * word adds to the sum is a multiple of it that depends on its place only: a pair of words that changes it by (e, f)
 * changes it by (e + f, e + 2f) once the next pair has been added.
 */
export function flippedWords(
  found: LogSum,
  wanted: LogSum,
  words: number,
): readonly { readonly word: number; readonly bit: number }[] {
  const missing: LogSum = [(wanted[0] - found[0]) | 0, (wanted[1] - found[1]) | 0];
  const flips: { word: number; bit: number }[] = [];
  let even: LogSum = [1, 1];
  let odd: LogSum = [0, 1];
  for (let pair = words / 2 - 1; pair >= 0; pair--) {
    for (const bit of bitsThatAdd(even, missing)) flips.push({ word: pair * 2, bit });
    for (const bit of bitsThatAdd(odd, missing)) flips.push({ word: pair * 2 + 1, bit });
    [even, odd] = [onePairLater(even), onePairLater(odd)];
  }
  return flips;
}

function onePairLater([one, two]: LogSum): LogSum {
  return [(one + two) | 0, (one + 2 * two) | 0];
}

function bitsThatAdd([one, two]: LogSum, missing: LogSum): readonly number[] {
  const bits: number[] = [];
  for (let bit = 0; bit < 32; bit++) {
    const change = 1 << bit;
    const [added0, added1] = [Math.imul(one, change), Math.imul(two, change)];
    const isSet = added0 === missing[0] && added1 === missing[1];
    const isCleared = (-added0 | 0) === missing[0] && (-added1 | 0) === missing[1];
    if (isSet || isCleared) bits.push(bit);
  }
  return bits;
}
