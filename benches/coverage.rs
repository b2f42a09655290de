//! How often 95 % intervals hold the truth, by simulation with fixed seeds.
//!
//!     cargo bench --bench coverage
//!
//! The problems of a set are drawn anew in every run: a problem's chance of a pass comes from a Beta distribution with
//! the given mean and concentration (1: most problems are either easy or hard; 2 with mean 0.5: all chances alike), its
//! passes from a binomial distribution. The truth is the mean of that distribution. With one sample a problem the
//! concentration does not matter.
//!
//! The first table has the intervals of Karat, the bootstrap and the closed form, and for comparison two common
//! bootstraps that Karat does not use, BCa and percentile-t; a figure is the share of runs in which the interval held
//! the truth and the mean width. The second table is about the difference of two runs on the same problems, where a
//! problem has the same chance for both with probability "alike", else chances drawn independently.

use fastrand::Rng;
use karat::stats::{ProblemCounts, compare_paired, mean_pass_at_k};
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal};

const RUNS: u64 = 3_000;
/// Resamples of the bootstraps that are only compared with.
const RESAMPLES: usize = 999;

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    println!("| problems | samples | mean | concentration | bootstrap | closed form | BCa | percentile-t |");
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for problems in [20, 164, 1_000] {
        for (samples, concentrations) in [(1, &[1.0][..]), (20, &[1.0, 2.0])] {
            for mean in [0.05, 0.5, 0.95] {
                for &concentration in concentrations {
                    let set = Set { problems, samples, mean, concentration };
                    let cells = set.covered().map(|cell| cell.map_or_else(|| "–".to_owned(), Covered::cell));
                    println!("| {problems} | {samples} | {mean} | {concentration} | {} |", cells.join(" | "));
                }
            }
        }
    }
    println!("\n| problems | samples | mean of A | mean of B | alike | bootstrap of differences |");
    println!("| ---: | ---: | ---: | ---: | ---: | ---: |");
    for problems in [20, 164] {
        for samples in [1, 20] {
            for (a, b, alike) in
                [(0.5, 0.5, 0.8), (0.5, 0.6, 0.7), (0.5, 0.6, 0.0), (0.05, 0.1, 0.5), (0.9, 0.95, 0.5)]
            {
                let cell = Pairs { problems, samples, means: (a, b), alike }.covered().cell();
                println!("| {problems} | {samples} | {a} | {b} | {alike} | {cell} |");
            }
        }
    }
}

/// How the intervals of many runs fared.
#[derive(Clone, Copy, Default)]
struct Covered {
    covered: u64,
    width: f64,
}

impl Covered {
    fn of(truth: f64, (low, high): (f64, f64)) -> Covered {
        Covered { covered: u64::from(low <= truth && truth <= high), width: high - low }
    }

    fn and(self, other: Covered) -> Covered {
        Covered { covered: self.covered + other.covered, width: self.width + other.width }
    }

    fn cell(self) -> String {
        let runs = RUNS as f64;
        format!("{:.1} % ({:.3})", 100.0 * self.covered as f64 / runs, self.width / runs)
    }
}

/// A problem's chance of a pass, by the method of M. D. Jöhnk, "Erzeugung von betaverteilten und gammaverteilten
/// Zufallszahlen", Metrika 8, 1964, pages 5–15.
fn chance(random: &mut Rng, mean: f64, concentration: f64) -> f64 {
    loop {
        let x = random.f64().powf(1.0 / (mean * concentration));
        let y = random.f64().powf(1.0 / ((1.0 - mean) * concentration));
        if x + y <= 1.0 && x + y > 0.0 {
            return x / (x + y);
        }
    }
}

fn counts(random: &mut Rng, samples: u64, chance: f64) -> ProblemCounts {
    let passed = (0..samples).filter(|_| random.f64() < chance).count() as u64;
    ProblemCounts { samples, passed, unknown: 0 }
}

struct Set {
    problems: usize,
    samples: u64,
    mean: f64,
    concentration: f64,
}

impl Set {
    /// By the bootstrap, the closed form, BCa and percentile-t; the latter two for smaller sets only, to save time.
    fn covered(&self) -> [Option<Covered>; 4] {
        let none = [None; 4];
        (0..RUNS).into_par_iter().map(|run| self.run(&mut Rng::with_seed(run))).reduce(
            || none,
            |one, other| {
                std::array::from_fn(|i| match (one[i], other[i]) {
                    (Some(one), Some(other)) => Some(one.and(other)),
                    (one, other) => one.or(other),
                })
            },
        )
    }

    fn run(&self, random: &mut Rng) -> [Option<Covered>; 4] {
        let problems: Vec<ProblemCounts> = (0..self.problems)
            .map(|_| {
                let chance = chance(random, self.mean, self.concentration);
                counts(random, self.samples, chance)
            })
            .collect();
        let estimate = mean_pass_at_k(&problems, 1).expect("every problem has a sample");
        let of = |interval| Some(Covered::of(self.mean, interval));
        let [bca, percentile_t] = if self.problems <= 200 {
            let scores: Vec<f64> =
                problems.iter().map(|counts| counts.passed as f64 / counts.samples as f64).collect();
            Resampled::of(&scores, random).map(of)
        } else {
            [None; 2]
        };
        let closed_form = estimate.closed_form;
        [of((estimate.low, estimate.high)), of((closed_form.low, closed_form.high)), bca, percentile_t]
    }
}

/// The common bootstraps, as in B. Efron, R. J. Tibshirani, "An introduction to the bootstrap", 1993, chapters 12 and
/// 14.
struct Resampled {
    mean: f64,
    error: f64,
    /// A sixth of the skewness of the mean: the acceleration of BCa.
    acceleration: f64,
    /// Means of the resamples, ascending.
    means: Vec<f64>,
    /// Studentised means of the resamples, ascending.
    studentised: Vec<f64>,
}

impl Resampled {
    /// The intervals of BCa and percentile-t.
    fn of(scores: &[f64], random: &mut Rng) -> [(f64, f64); 2] {
        let (mean, variance) = moments(scores.iter().copied());
        let n = scores.len() as f64;
        if variance == 0.0 {
            return [(mean, mean); 2]; // no resample differs
        }
        let cubes: f64 = scores.iter().map(|score| (score - mean).powi(3)).sum();
        let error = (variance / n).sqrt();
        let mut resampled = Resampled {
            mean,
            error,
            acceleration: cubes / (6.0 * (n * variance).powf(1.5)),
            means: Vec::with_capacity(RESAMPLES),
            studentised: Vec::with_capacity(RESAMPLES),
        };
        for _ in 0..RESAMPLES {
            let indices: Vec<usize> = scores.iter().map(|_| random.usize(..scores.len())).collect();
            let (other, variance) = moments(indices.iter().map(|index| scores[*index]));
            resampled.means.push(other);
            // A resample without scatter lies infinitely many standard errors off.
            resampled.studentised.push((other - mean) / (variance / n).sqrt().max(1e-12));
        }
        resampled.means.sort_unstable_by(f64::total_cmp);
        resampled.studentised.sort_unstable_by(f64::total_cmp);
        [resampled.bca(), resampled.percentile_t()]
    }

    fn bca(&self) -> (f64, f64) {
        let normal = Normal::standard();
        let share = |below: fn(f64, f64) -> bool| {
            self.means.iter().filter(|mean| below(**mean, self.mean)).count() as f64 / RESAMPLES as f64
        };
        let below = 0.5 * (share(|mean, all| mean < all - 1e-9) + share(|mean, all| mean < all + 1e-9));
        let bias = normal.inverse_cdf(below.clamp(1e-3, 1.0 - 1e-3));
        let point = |z: f64| {
            let shifted = bias + z;
            quantile(&self.means, normal.cdf(bias + shifted / (1.0 - self.acceleration * shifted)))
        };
        (point(normal.inverse_cdf(0.025)), point(normal.inverse_cdf(0.975)))
    }

    fn percentile_t(&self) -> (f64, f64) {
        let end = |share| (self.mean - self.error * quantile(&self.studentised, share)).clamp(0.0, 1.0);
        (end(0.975), end(0.025))
    }
}

/// Mean and variance.
fn moments(scores: impl ExactSizeIterator<Item = f64> + Clone) -> (f64, f64) {
    let n = scores.len() as f64;
    let mean = scores.clone().sum::<f64>() / n;
    let variance = scores.map(|score| (score - mean).powi(2)).sum::<f64>() / n;
    (mean, if variance < 1e-15 { 0.0 } else { variance })
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * (sorted.len() + 1) as f64).round() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

struct Pairs {
    problems: usize,
    samples: u64,
    means: (f64, f64),
    alike: f64,
}

impl Pairs {
    fn covered(&self) -> Covered {
        (0..RUNS)
            .into_par_iter()
            .map(|run| self.run(&mut Rng::with_seed(run)))
            .reduce(Covered::default, Covered::and)
    }

    fn run(&self, random: &mut Rng) -> Covered {
        let pairs: Vec<(ProblemCounts, ProblemCounts)> = (0..self.problems)
            .map(|_| {
                let a = chance(random, self.means.0, 1.0);
                let b = if random.f64() < self.alike { a } else { chance(random, self.means.1, 1.0) };
                (counts(random, self.samples, a), counts(random, self.samples, b))
            })
            .collect();
        let comparison = compare_paired(&pairs, 1).expect("every problem has a sample");
        let truth = (1.0 - self.alike) * (self.means.1 - self.means.0);
        Covered::of(truth, (comparison.low, comparison.high))
    }
}
