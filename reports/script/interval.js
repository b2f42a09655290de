// pass@k over some problems with its 95% interval, as the report computes it: the Bayesian bootstrap, with 3/4 of a problem
// that all fail and 3/4 of one that all pass added. Its distribution is taken to be the Beta distribution of the same mean
// and variance, which is exact where each problem has one sample.
const END_WEIGHT = 0.75;

// The chance that one of k samples out of n passes, where c of the n pass.
function passAtK(n, c, k) {
  let failing = 1;
  for (let i = 0; i < k; i += 1) failing *= Math.max(n - c - i, 0) / (n - i);
  return 1 - failing;
}

function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// The point below which a share of the distribution of the mean lies.
function pointOfMean(values, share) {
  const weight = values.length + 2 * END_WEIGHT;
  const mean = (values.reduce((sum, value) => sum + value, 0) + END_WEIGHT) / weight;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    + END_WEIGHT * (mean ** 2 + (1 - mean) ** 2);
  const variance = squares / weight / (weight + 1);
  const size = mean * (1 - mean) / variance - 1;
  return betaPoint(mean * size, (1 - mean) * size, share);
}

// By halving: the share below grows with the point.
function betaPoint(a, b, share) {
  let [low, high] = [0, 1];
  for (let i = 0; i < 50; i += 1) {
    const middle = (low + high) / 2;
    if (betaShare(a, b, middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// The share of a Beta distribution below x: the regularised incomplete beta function, by its continued fraction (DLMF 8.17.22).
function betaShare(a, b, x) {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(b, a, 1 - x);
  const factor = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  // Lentz's method, modified so that no denominator is 0.
  const safe = (value) => (Math.abs(value) < 1e-30 ? 1e-30 : value);
  let [c, d] = [1, 1 / safe(1 - (a + b) * x / (a + 1))];
  let fraction = d;
  for (let m = 1; m < 500; m += 1) {
    for (const step of [
      m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
      -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / safe(1 + step * d);
      c = safe(1 + step / c);
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-12) break;
  }
  return factor * fraction;
}

// Stirling's series, for arguments that are first made large enough.
function logGamma(x) {
  let shift = 0;
  while (x < 10) {
    shift -= Math.log(x);
    x += 1;
  }
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
  return shift + (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}
