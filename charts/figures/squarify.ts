export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Cuts a rectangle into one part for each size, of areas in proportion to them and as near to squares as they come when they are laid
 * out in rows along the shorter side of what is left.
 *
 * @param sizes 0 or more, at best in descending order; of 0 is a part without area
 * @returns parts in the order of the sizes; all empty where the sizes are
 * @see M. Bruls, K. Huizing, J. J. van Wijk, Squarified Treemaps, Data Visualization 2000
 */
export function squarify(sizes: readonly number[], whole: Rectangle): readonly Rectangle[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const { x, y, width, height } = whole;
  if (!(total > 0)) return sizes.map(() => ({ x, y, width: 0, height: 0 }));
  const areas = sizes.map((size) => (size / total) * width * height);
  const parts: Rectangle[] = [];
  let left = whole;
  for (let from = 0; from < areas.length; ) {
    const side = Math.min(left.width, left.height);
    let to = from + 1;
    while (to < areas.length && worst(areas.slice(from, to + 1), side) <= worst(areas.slice(from, to), side)) to++;
    const row = areas.slice(from, to);
    parts.push(...laidOut(row, left));
    left = without(row, left);
    from = to;
  }
  return parts;
}

const sumOf = (row: readonly number[]): number => row.reduce((sum, area) => sum + area, 0);

/** The longer side over the shorter, of the part of a row along `side` that is the least like a square. */
function worst(row: readonly number[], side: number): number {
  const thick = sumOf(row) / side;
  if (!(thick > 0)) return 0;
  return Math.max(...row.map((area) => (area > 0 ? Math.max(area / thick ** 2, thick ** 2 / area) : 0)));
}

/** A row's depth, from the side that it lies along. What a far larger part left is known to few digits: never more than there is. */
function depthOf(row: readonly number[], { width, height }: Rectangle): number {
  const side = Math.min(width, height);
  return side > 0 ? Math.min(sumOf(row) / side, Math.max(width, height)) : 0;
}

/** The parts of a row: together they are as long as the side that they lie along. */
function laidOut(row: readonly number[], left: Rectangle): readonly Rectangle[] {
  const depth = depthOf(row, left);
  const total = sumOf(row);
  const isUpright = left.width >= left.height;
  const side = isUpright ? left.height : left.width;
  let along = isUpright ? left.y : left.x;
  return row.map((area) => {
    const length = total > 0 ? (area / total) * side : 0;
    const part = isUpright
      ? { x: left.x, y: along, width: depth, height: length }
      : { x: along, y: left.y, width: length, height: depth };
    along += length;
    return part;
  });
}

function without(row: readonly number[], left: Rectangle): Rectangle {
  const depth = depthOf(row, left);
  const { x, y, width, height } = left;
  return width >= height
    ? { x: x + depth, y, width: Math.max(0, width - depth), height }
    : { x, y: y + depth, width, height: Math.max(0, height - depth) };
}
