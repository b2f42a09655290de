// Ranks over some problems as the report has them: a run is better than another where its pass@1 is higher and flipping the
// signs of the problems' differences at random would come to as much with a chance below alpha. That, and up to how many
// additions the chance is computed exactly, are the report's numbers (src/stats/rank.rs), in the data of the page.

// The best and the worst rank of each run: 1 and how many are better, and all less those that are worse.
function ranksOf({ runs, ranking }, problems) {
  const ranks = runs.map(() => [1, runs.length]);
  for (let one = 0; one < runs.length; one += 1) {
    for (let other = one + 1; other < runs.length; other += 1) {
      const winner = betterOf(runs[one], runs[other], problems, ranking);
      if (winner === 0) continue;
      ranks[winner < 0 ? other : one][0] += 1;
      ranks[winner < 0 ? one : other][1] -= 1;
    }
  }
  return ranks;
}

// -1 where the first of two runs is significantly better, 1 where the other is, 0 where none is.
function betterOf(one, other, problems, ranking) {
  const pairs = problems.map((problem) => [one.of(problem), other.of(problem)])
    .filter(([a, b]) => a.samples > 0 && b.samples > 0);
  const isUnknown = pairs.some(([a, b]) => a.unknown + b.unknown > 0);
  // What is not known may have passed: the verdict must hold in favour of either.
  for (const sign of [-1, 1]) {
    const [forOne, forOther] = isUnknown ? [Number(sign > 0), Number(sign < 0)] : [0, 0];
    const differences = wholeDifferences(pairs, forOne, forOther);
    const sum = differences.reduce((sum, difference) => sum + difference, 0);
    if (Math.sign(sum) === sign) return chanceOfFlips(differences, ranking.exact_additions) < ranking.alpha ? sign : 0;
  }
  return 0;
}

// The differences of pass@1 as multiples of one fraction.
function wholeDifferences(pairs, forOne, forOther) {
  const common = pairs.reduce((common, [a, b]) => multiple(multiple(common, a.samples), b.samples), 1);
  const parts = (counts, asPassed) => (counts.passed + asPassed * counts.unknown) * (common / counts.samples);
  const differences = pairs.map(([a, b]) => parts(b, forOther) - parts(a, forOne));
  const divisor = differences.reduce((divisor, one) => commonDivisor(divisor, Math.abs(one)), 0) || 1;
  return differences.map((one) => one / divisor);
}

function commonDivisor(a, b) {
  return b === 0 ? a : commonDivisor(b, a % b);
}

function multiple(a, b) {
  return a / commonDivisor(a, b) * b;
}

// The chance of a sum that is as far from 0 on either side, where each sign is as likely. With more additions than
// `exactAdditions` the distribution is taken to be the normal one of the same mean and variance.
function chanceOfFlips(differences, exactAdditions) {
  const sizes = differences.map(Math.abs).filter((size) => size > 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const limit = (total - Math.abs(differences.reduce((sum, one) => sum + one, 0))) / 2;
  if ((limit + 1) * sizes.length > exactAdditions) {
    const deviation = Math.sqrt(sizes.reduce((sum, size) => sum + size ** 2, 0)) / 2;
    return Math.min(1, 2 * normalShare((limit + 0.5 - total / 2) / deviation));
  }
  // How likely each sum of the sizes of one sign is, up to the one that was seen.
  let share = new Float64Array(limit + 1);
  share[0] = 1;
  for (const size of sizes) {
    share = share.map((without, sum) => 0.5 * (without + (sum >= size ? share[sum - size] : 0)));
  }
  return Math.min(1, 2 * share.reduce((sum, one) => sum + one, 0));
}

// The share of the normal distribution below x, which is negative (Abramowitz and Stegun 7.1.26).
function normalShare(x) {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const above = 0.5 * series * Math.exp(-z * z);
  return x < 0 ? above : 1 - above;
}
