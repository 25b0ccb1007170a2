/** The lowest point of a smooth function of a few variables (Nelder and Mead, Computer Journal 7, 1965); for fits of two parameters, which is all that is needed here. */

export function minimise(
  value: (point: readonly number[]) => number,
  start: readonly number[],
  options: { step?: number; tolerance?: number; rounds?: number } = {},
): number[] {
  const { step = 0.5, tolerance = 1e-13, rounds = 2_000 } = options;
  const size = start.length;
  let simplex = [start, ...start.map((_, i) => start.map((x, j) => (i === j ? x + step : x)))].map(
    (point) => ({
      point: [...point],
      height: value(point),
    }),
  );
  const at = (base: readonly number[], towards: readonly number[], by: number) => {
    const point = base.map((x, i) => x + by * (x - towards[i]!));
    return { point, height: value(point) };
  };
  for (let round = 0; round < rounds; round++) {
    simplex.sort((a, b) => a.height - b.height);
    const best = simplex[0]!;
    const worst = simplex[size]!;
    const width = Math.max(...worst.point.map((x, i) => Math.abs(x - best.point[i]!)));
    if (width < 1e-7 && worst.height - best.height <= tolerance * (Math.abs(best.height) + tolerance)) break;
    const centre = start.map(
      (_, i) => simplex.slice(0, size).reduce((sum, each) => sum + each.point[i]!, 0) / size,
    );
    const reflected = at(centre, worst.point, 1);
    if (reflected.height < best.height) {
      const expanded = at(centre, worst.point, 2);
      simplex[size] = expanded.height < reflected.height ? expanded : reflected;
    } else if (reflected.height < simplex[size - 1]!.height) {
      simplex[size] = reflected;
    } else {
      const contracted = at(centre, worst.point, reflected.height < worst.height ? 0.5 : -0.5);
      if (contracted.height < Math.min(reflected.height, worst.height)) simplex[size] = contracted;
      else {
        simplex = simplex.map(({ point }) => {
          const moved = point.map((x, i) => best.point[i]! + (x - best.point[i]!) / 2);
          return { point: moved, height: value(moved) };
        });
      }
    }
  }
  return simplex.reduce((best, each) => (each.height < best.height ? each : best)).point;
}
