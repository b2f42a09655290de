//! The judgements of one completion: by one way of judging, or by both.

use super::verdict::{Judgement, Judging, Standing, Verdict};
use crate::complete::Answer;

/// The judgements of one completion, as many as were asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Judgements {
    /// By sealed judging alone.
    Sealed(Judgement),
    /// By the upstream harness's rules alone.
    Compat(Judgement),
    /// By both.
    Both {
        /// By sealed judging.
        sealed: Judgement,
        /// By the upstream harness's rules.
        compat: Judgement,
    },
}

/// A record of a completion has no judgement in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is neither a field `sealed` nor a field `compat`")]
pub struct NoJudgement;

impl Judgements {
    /// Judges as asked for.
    pub fn by(
        judging: Judging,
        sealed: impl FnOnce() -> Judgement,
        compat: impl FnOnce() -> Judgement,
    ) -> Judgements {
        match judging {
            Judging::Sealed => Judgements::Sealed(sealed()),
            Judging::Compat => Judgements::Compat(compat()),
            Judging::Both => Judgements::Both { sealed: sealed(), compat: compat() },
        }
    }

    /// From the two fields of a record.
    ///
    /// # Errors
    ///
    /// When both are empty.
    pub(crate) fn from_fields(
        sealed: Option<Judgement>,
        compat: Option<Judgement>,
    ) -> Result<Judgements, NoJudgement> {
        match (sealed, compat) {
            (Some(sealed), Some(compat)) => Ok(Judgements::Both { sealed, compat }),
            (Some(sealed), None) => Ok(Judgements::Sealed(sealed)),
            (None, Some(compat)) => Ok(Judgements::Compat(compat)),
            (None, None) => Err(NoJudgement),
        }
    }

    /// By sealed judging, if that was asked for.
    pub fn sealed(&self) -> Option<&Judgement> {
        match self {
            Judgements::Sealed(sealed) | Judgements::Both { sealed, .. } => Some(sealed),
            Judgements::Compat(_) => None,
        }
    }

    /// By the upstream harness's rules, if that was asked for.
    pub fn compat(&self) -> Option<&Judgement> {
        match self {
            Judgements::Compat(compat) | Judgements::Both { compat, .. } => Some(compat),
            Judgements::Sealed(_) => None,
        }
    }

    /// Every judgement, with the name of the way of judging.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, &Judgement)> {
        let named = |judging: Judging| move |judgement| (judging.name(), judgement);
        let sealed = self.sealed().map(named(Judging::Sealed));
        sealed.into_iter().chain(self.compat().map(named(Judging::Compat)))
    }

    /// The one that counts: sealed judging, where it was asked for.
    pub fn counted(&self) -> &Judgement {
        match self {
            Judgements::Sealed(counted)
            | Judgements::Compat(counted)
            | Judgements::Both { sealed: counted, .. } => counted,
        }
    }

    /// As [`counted`](Self::counted), by value.
    pub fn into_counted(self) -> Judgement {
        match self {
            Judgements::Sealed(counted)
            | Judgements::Compat(counted)
            | Judgements::Both { sealed: counted, .. } => counted,
        }
    }

    /// Whether the completion passes by the judgement that counts.
    pub fn passes(&self) -> bool {
        self.counted().verdict.kind().standing() == Standing::Pass
    }

    /// Whether a judgement is inconclusive, so that the completion should be judged once more, alone.
    pub fn any_inconclusive(&self) -> bool {
        self.each().any(|(_, judgement)| matches!(judgement.verdict, Verdict::Inconclusive { .. }))
    }
}

/// One answer as both ways of judging take it: an upstream harness may take another program out of it.
#[derive(Clone, Copy, Debug)]
pub struct BothAnswers<'a> {
    /// For sealed judging.
    pub sealed: Answer<'a>,
    /// For compatible judging.
    pub compat: Answer<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_judging_counts_where_it_was_asked_for() {
        let passed = || Judgement::without_execution(Verdict::Passed);
        let lost = || Judgement::without_execution(Verdict::Inconclusive { reason: "lost".into() });
        let both = Judgements::by(Judging::Both, passed, lost);
        assert!(both.passes() && both.any_inconclusive());
        assert_eq!(both.each().map(|(name, _)| name).collect::<Vec<_>>(), ["sealed", "compat"]);
        let compat = Judgements::by(Judging::Compat, || panic!("not asked for"), lost);
        assert_eq!((compat.sealed(), compat.counted()), (None, &lost()));
        assert!(!compat.passes());
        assert_eq!(Judgements::from_fields(None, None), Err(NoJudgement));
        assert_eq!(Judgements::from_fields(None, Some(lost())), Ok(compat));
    }
}
