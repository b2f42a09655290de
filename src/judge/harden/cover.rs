//! Few tests that catch as much as all of them.

/// The indices of a few columns that cover every row that any column covers, in order: greedily the column that
/// covers the most that is still open, of several the first; then none that the others make needless.
///
/// `covers[column]` are the rows that a column covers.
pub(super) fn few_columns(covers: &[Vec<usize>]) -> Vec<usize> {
    let rows = covers.iter().flatten().max().map_or(0, |most| most + 1);
    let mut open = vec![false; rows];
    covers.iter().flatten().for_each(|&row| open[row] = true);
    let mut chosen: Vec<usize> = Vec::new();
    loop {
        let gain = |column: &Vec<usize>| column.iter().filter(|&&row| open[row]).count();
        // Of equal ones `max_by_key` takes the last, so they are looked at from behind.
        let best = covers.iter().enumerate().rev().max_by_key(|(_, column)| gain(column));
        match best {
            Some((index, column)) if gain(column) > 0 => {
                chosen.push(index);
                column.iter().for_each(|&row| open[row] = false);
            }
            _ => break,
        }
    }
    let mut times = vec![0_u32; rows];
    chosen.iter().flat_map(|&column| &covers[column]).for_each(|&row| times[row] += 1);
    // The first ones were chosen for covering much, and can be covered piece by piece by what came later.
    let mut kept = chosen.clone();
    for column in chosen {
        if covers[column].iter().all(|&row| times[row] > 1) {
            covers[column].iter().for_each(|&row| times[row] -= 1);
            kept.retain(|&other| other != column);
        }
    }
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_cases_are_minimal() {
        let cases: [(&[&[usize]], &[usize]); 6] = [
            (&[], &[]),
            (&[&[], &[]], &[]),
            (&[&[0], &[0, 1], &[1]], &[1]),
            (&[&[0], &[0]], &[0]),
            (&[&[0, 1], &[2, 3], &[1, 2], &[3]], &[0, 1]),
            // Greedy alone would take all three.
            (&[&[1, 2, 3, 4], &[0, 1, 2], &[3, 4, 5]], &[1, 2]),
        ];
        for (covers, expected) in cases {
            let covers: Vec<Vec<usize>> = covers.iter().map(|rows| rows.to_vec()).collect();
            assert_eq!(few_columns(&covers), expected, "{covers:?}");
        }
    }

    proptest! {
        #[test]
        fn all_is_covered_and_nothing_needless(
            covers in prop::collection::vec(prop::collection::btree_set(0..8_usize, 0..5), 0..8)
        ) {
            let covers: Vec<Vec<usize>> = covers.into_iter().map(|rows| rows.into_iter().collect()).collect();
            let chosen = few_columns(&covers);
            let covered = |columns: &[usize]| {
                let mut rows: Vec<usize> = columns.iter().flat_map(|&column| covers[column].clone()).collect();
                rows.sort_unstable();
                rows.dedup();
                rows
            };
            let all = covered(&(0..covers.len()).collect::<Vec<_>>());
            prop_assert_eq!(covered(&chosen), all.clone());
            for left_out in &chosen {
                let rest: Vec<usize> = chosen.iter().copied().filter(|column| column != left_out).collect();
                prop_assert_ne!(covered(&rest), all.clone());
            }
        }
    }
}
