// Lines of equal height on a grid, by marching squares.

/**
 * Return the line at `level` as segments [[x0, y0, x1, y1], …], in cells of the grid.
 *
 * heights: rows of equal length, heights[y][x].
 * @type {(heights: number[][], level: number) => number[][]}
 */
export function contour(heights, level) {
  const segments = [];
  for (let y = 0; y + 1 < heights.length; y++)
    for (let x = 0; x + 1 < heights[0].length; x++) {
      const corners = [heights[y][x], heights[y][x + 1], heights[y + 1][x + 1], heights[y + 1][x]];
      const crossings = SIDES.flatMap(([from, to, place]) => {
        const a = corners[from] - level,
          b = corners[to] - level;
        return a < 0 === b < 0 ? [] : [place(x, y, a / (a - b))];
      });
      // four crossings make a saddle, whose two lines go either way: the middle decides
      if (
        crossings.length === 4 &&
        corners.reduce((sum, h) => sum + h) / 4 < level !== corners[0] < level
      )
        crossings.push(crossings.shift());
      for (let k = 0; k + 1 < crossings.length; k += 2)
        segments.push([...crossings[k], ...crossings[k + 1]]);
    }
  return segments;
}

/** @type {[number, number, (x: number, y: number, share: number) => number[]][]} */
const SIDES = [
  // of a cell: from corner to corner, and where on it
  [0, 1, (x, y, share) => [x + share, y]],
  [1, 2, (x, y, share) => [x + 1, y + share]],
  [3, 2, (x, y, share) => [x + share, y + 1]],
  [0, 3, (x, y, share) => [x, y + share]],
];
