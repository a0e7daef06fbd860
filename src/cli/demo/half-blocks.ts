/** A picture as text: each character cell is a lower half block, its ink the lower pixel and its paper the upper. */
import sharp from 'sharp';

/** 24 or 8 bits of colour, as `WriteStream.getColorDepth` counts them. */
export type ColorDepth = 24 | 8;

/** Lines of at most `columns` characters and `rows` lines for an encoded picture. */
export async function halfBlocks(picture: Buffer, columns: number, rows: number, depth: ColorDepth): Promise<string[]> {
  const { data, info } = await sharp(picture)
    .resize({ width: columns, height: rows * 2, fit: 'inside' })
    .flatten()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const colour = (x: number, y: number) => {
    // An odd last line has paper only.
    const at = 3 * (Math.min(y, info.height - 1) * info.width + x);
    return depth === 24
      ? `2;${data[at]};${data[at + 1]};${data[at + 2]}`
      : `5;${cube(data[at]!, data[at + 1]!, data[at + 2]!)}`;
  };
  return Array.from({ length: Math.ceil(info.height / 2) }, (_, row) => {
    const cells = Array.from(
      { length: info.width },
      (_, x) => `\x1b[48;${colour(x, 2 * row)};38;${colour(x, 2 * row + 1)}m▄`,
    );
    return `${cells.join('')}\x1b[0m`;
  });
}

/** The nearest colour of the 6 x 6 x 6 cube that 256-colour terminals have from index 16 on. */
function cube(r: number, g: number, b: number): number {
  const level = (v: number) => Math.round((v / 255) * 5);
  return 16 + 36 * level(r) + 6 * level(g) + level(b);
}
