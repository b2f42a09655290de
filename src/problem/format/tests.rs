use super::*;
use crate::judge::verdict::VerdictKind;

#[test]
fn expected_verdicts_are_failures_that_a_judgement_can_have() {
    for verdict in ExpectedVerdict::ALL {
        assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.name());
        let kind: VerdictKind = serde_json::from_value(verdict.name().into()).unwrap();
        assert_eq!(kind.name(), verdict.name());
    }
}
