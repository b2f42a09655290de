use proptest::prelude::*;

use super::*;

fn choose(logits: &[f32], sampling: &Sampling, key: u64, index: u64) -> Result<TokenId, SamplingError> {
    Sampler::default().choose(logits, sampling, SampleKey(key), index, &Seen::default())
}

/// Probabilities as one would write them first: everything in f64, with the system's functions, and sorted.
fn naive(logits: &[f32], sampling: &Sampling) -> Vec<f64> {
    let scaled: Vec<f64> =
        logits.iter().map(|logit| f64::from(*logit) / f64::from(sampling.temperature)).collect();
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|a, b| logits[*b].partial_cmp(&logits[*a]).unwrap().then(a.cmp(b)));
    let largest = scaled[order[0]];
    order.truncate(sampling.top_k.map_or(usize::MAX, |most| most as usize));
    let weight = |token: usize| (scaled[token] - largest).exp();
    if sampling.top_p < 1.0 {
        let all: f64 = order.iter().map(|token| weight(*token)).sum();
        let mut reached = 0.0;
        let enough = order.iter().position(|token| {
            reached += weight(*token);
            reached >= f64::from(sampling.top_p) * all
        });
        order.truncate(enough.map_or(usize::MAX, |last| last + 1));
    }
    order.retain(|token| weight(*token) >= f64::from(sampling.min_p));
    let all: f64 = order.iter().map(|token| weight(*token)).sum();
    let mut probabilities = vec![0.0; logits.len()];
    order.iter().for_each(|token| probabilities[*token] = weight(*token) / all);
    probabilities
}

/// The weight of each token that was kept.
fn left(sampler: &Sampler, sampling: &Sampling, count: usize) -> Vec<f64> {
    let mut weights = vec![0.0; count];
    if select::is_needed(sampling, count) {
        for kept in &sampler.select.kept {
            weights[kept.token()] = f64::from(kept.weight);
        }
    } else {
        weights.iter_mut().zip(&sampler.weights).for_each(|(weight, found)| *weight = f64::from(*found));
    }
    weights
}

/// Logits whose differences are far above rounding, in no order, with ties.
fn logits() -> impl Strategy<Value = Vec<f32>> {
    proptest::collection::vec((-80_i32..80).prop_map(|number| number as f32 / 8.0), 1..600)
}

fn settings() -> impl Strategy<Value = Sampling> {
    (
        0.1_f32..2.0,
        proptest::option::of(1_u32..700),
        prop_oneof![Just(1.0_f32), 0.01_f32..1.0],
        prop_oneof![Just(0.0_f32), 0.0_f32..1.0],
    )
        .prop_map(|(temperature, top_k, top_p, min_p)| Sampling {
            temperature,
            top_k,
            top_p,
            min_p,
            ..Sampling::default()
        })
}

proptest! {
    /// The tokens that are kept are those of the naive sorting, up to ties within rounding.
    #[test]
    fn what_is_left_is_what_sorting_leaves(logits in logits(), sampling in settings()) {
        let mut sampler = Sampler::default();
        sampler.choose(&logits, &sampling, SampleKey(1), 0, &Seen::default()).unwrap();
        let expected = naive(&logits, &sampling);
        let weights = left(&sampler, &sampling, logits.len());
        let all: f64 = weights.iter().sum();
        let mut mass_that_differs = 0.0;
        for (token, expected) in expected.iter().enumerate() {
            let found = weights[token] / all;
            if (found > 0.0) == (*expected > 0.0) {
                continue;
            }
            mass_that_differs += found.max(*expected);
        }
        // At most the one token at the edge, if its distance to the edge is a rounding error.
        if mass_that_differs > 0.0 {
            let edge = Sampling { top_p: sampling.top_p * (1.0 + 2e-6), min_p: sampling.min_p * (1.0 - 2e-6), ..sampling };
            let other = Sampling { top_p: sampling.top_p * (1.0 - 2e-6), min_p: sampling.min_p * (1.0 + 2e-6), ..sampling };
            let (edge, other) = (naive(&logits, &edge), naive(&logits, &other));
            for token in 0..logits.len() {
                let found = weights[token] > 0.0;
                prop_assert!(found == (edge[token] > 0.0) || found == (other[token] > 0.0), "token {token}");
            }
        } else {
            for (token, expected) in expected.iter().enumerate() {
                let found = weights[token] / all;
                prop_assert!((found - expected).abs() < 1e-5, "token {token}: {found}, {expected}");
            }
        }
    }

    #[test]
    fn a_token_with_weight_is_drawn(logits in logits(), sampling in settings(), key: u64, index: u64) {
        let mut sampler = Sampler::default();
        let token = sampler.choose(&logits, &sampling, SampleKey(key), index, &Seen::default()).unwrap();
        prop_assert!(left(&sampler, &sampling, logits.len())[token as usize] > 0.0);
        prop_assert!((token as usize) < logits.len());
    }

    #[test]
    fn no_bits_of_logits_panic(bits in proptest::collection::vec(any::<u32>(), 0..50), sampling in settings()) {
        let logits: Vec<f32> = bits.iter().map(|bits| f32::from_bits(*bits)).collect();
        let usable = logits.iter().all(|logit| !logit.is_nan() && *logit != f32::INFINITY)
            && logits.iter().any(|logit| logit.is_finite());
        prop_assert_eq!(choose(&logits, &sampling, 1, 0).is_ok(), usable);
        prop_assert_eq!(Sampler::default().rate(&logits, 0, 3).is_ok(), usable);
        let greedy = Sampling { temperature: 0.0, ..sampling };
        prop_assert_eq!(choose(&logits, &greedy, 1, 0).is_ok(), usable);
    }

    #[test]
    fn the_likeliest_are_sorted(logits in logits(), most in 0_usize..30) {
        let (_, likeliest) = Sampler::default().rate(&logits, 0, most).unwrap();
        let mut order: Vec<usize> = (0..logits.len()).collect();
        order.sort_by(|a, b| logits[*b].partial_cmp(&logits[*a]).unwrap().then(a.cmp(b)));
        let expected: Vec<TokenId> = order.iter().take(most).map(|token| *token as TokenId).collect();
        prop_assert_eq!(likeliest.iter().map(|rated| rated.token).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn the_coldest_takes_the_first_of_the_largest() {
    let greedy = Sampling { temperature: 0.0, ..Sampling::default() };
    assert_eq!(choose(&[1.0, 3.0, 3.0, 2.0], &greedy, 9, 4), Ok(1));
    assert_eq!(choose(&[-0.0, 0.0], &greedy, 9, 4), Ok(0));
    assert_eq!(choose(&[f32::NEG_INFINITY, -1e30], &greedy, 9, 4), Ok(1));
}

#[test]
fn what_is_no_number_is_an_error() {
    let wrong: [&[f32]; 5] =
        [&[], &[1.0, f32::NAN], &[f32::INFINITY, 1.0], &[f32::NEG_INFINITY; 3], &[f32::NAN; 300]];
    for logits in wrong {
        for temperature in [0.0, 1.0] {
            let sampling = Sampling { temperature, ..Sampling::default() };
            assert_eq!(choose(logits, &sampling, 0, 0), Err(SamplingError::NotNumbers), "{logits:?}");
        }
        assert_eq!(Sampler::default().rate(logits, 0, 1), Err(SamplingError::NotNumbers));
    }
    assert_eq!(Sampler::default().rate(&[0.0], 1, 0), Err(SamplingError::NotNumbers));
}

/// Pearson's statistic over many draws with fixed keys, against its 99.9th percentile.
#[test]
fn draws_have_the_probabilities() {
    let logits: Vec<f32> = (0..40).map(|token| ((token * 17) % 40) as f32 * -0.11).collect();
    let cases = [
        Sampling::default(),
        Sampling { temperature: 0.6, ..Sampling::default() },
        Sampling { top_k: Some(7), ..Sampling::default() },
        Sampling { top_p: 0.8, ..Sampling::default() },
        Sampling { min_p: 0.3, temperature: 1.5, ..Sampling::default() },
        Sampling { top_k: Some(20), top_p: 0.9, min_p: 0.1, ..Sampling::default() },
    ];
    const DRAWS: u64 = 20_000;
    for (number, sampling) in cases.iter().enumerate() {
        let expected = naive(&logits, sampling);
        let mut sampler = Sampler::default();
        for by_index in [true, false] {
            let mut counts = vec![0_u64; logits.len()];
            for draw in 0..DRAWS {
                let (key, index) = if by_index { (number as u64, draw) } else { (draw, 3) };
                let token =
                    sampler.choose(&logits, sampling, SampleKey(key), index, &Seen::default()).unwrap();
                counts[token as usize] += 1;
            }
            let mut statistic = 0.0;
            let mut possible = 0;
            for (count, expected) in counts.iter().zip(&expected) {
                if *expected == 0.0 {
                    assert_eq!(*count, 0);
                    continue;
                }
                let expected = expected * DRAWS as f64;
                statistic += (*count as f64 - expected).powi(2) / expected;
                possible += 1;
            }
            // Wilson and Hilferty's approximation of the percentile.
            let freedom = f64::from(possible - 1);
            let limit =
                freedom * (1.0 - 2.0 / (9.0 * freedom) + 3.09 * (2.0 / (9.0 * freedom)).sqrt()).powi(3);
            assert!(statistic < limit, "case {number}: {statistic} of {freedom} degrees, limit {limit}");
        }
    }
}

#[test]
fn a_repeated_token_is_less_likely() {
    let seen = Seen::of(&[0, 0, 2, -5, 1_000_000]);
    let mut logits = [2.0, 1.5, -1.0, f32::NEG_INFINITY];
    seen.penalise(&mut logits, 2.0);
    assert_eq!(logits, [1.0, 1.5, -2.0, f32::NEG_INFINITY]);
    let sampling = Sampling { temperature: 0.0, repetition_penalty: 2.0, ..Sampling::default() };
    let token = Sampler::default().choose(&[2.0, 1.5, -1.0], &sampling, SampleKey(0), 0, &seen);
    assert_eq!(token, Ok(1));
}

#[test]
fn rates_are_the_models_own() {
    let logits = [0.5_f32, -1.25, 3.0, 0.0];
    let all: f64 = logits.iter().map(|logit| f64::from(*logit).exp()).sum();
    let (rated, likeliest) = Sampler::default().rate(&logits, 1, 2).unwrap();
    assert!((rated.log_probability - (-1.25 - all.ln())).abs() < 1e-6);
    assert_eq!(likeliest[0].token, 2);
    assert!((likeliest[0].log_probability - (3.0 - all.ln())).abs() < 1e-6);
    assert_eq!(likeliest[1].token, 0);
}

#[test]
fn settings_are_checked() {
    let good = Sampling::default();
    assert_eq!(good.check(), Ok(()));
    for wrong in [
        Sampling { temperature: -0.1, ..good },
        Sampling { temperature: f32::NAN, ..good },
        Sampling { top_k: Some(0), ..good },
        Sampling { top_p: 0.0, ..good },
        Sampling { top_p: 1.1, ..good },
        Sampling { min_p: f32::NAN, ..good },
        Sampling { repetition_penalty: 0.0, ..good },
    ] {
        assert!(wrong.check().is_err(), "{wrong:?}");
    }
}

/// The bits that every machine must give: which tokens fixed keys draw.
#[test]
fn the_tokens_are_fixed() {
    let logits: Vec<f32> = (0..5000).map(|token| ((token * 7919) % 5000) as f32 * -0.003).collect();
    let sampling = Sampling { temperature: 0.8, top_k: Some(2000), top_p: 0.95, ..Sampling::default() };
    let mut sampler = Sampler::default();
    let tokens: Vec<TokenId> = (0..8)
        .map(|index| sampler.choose(&logits, &sampling, SampleKey(42), index, &Seen::default()).unwrap())
        .collect();
    assert_eq!(tokens, [1665, 4750, 2393, 305, 3354, 305, 937, 3628]);
}
