//! stub
use crate::problem::Comparison;
use crate::value::Value;
/// stub
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// stub
    Sealed,
    /// stub
    Upstream,
}
/// stub
#[derive(Debug, thiserror::Error)]
#[error("wrong kind")]
pub struct WrongKind;
/// stub
pub fn texts(_rule: &Comparison, _mode: Mode, expected: &str, got: &str) -> Result<bool, WrongKind> {
    Ok(expected == got)
}
/// stub
pub fn values(
    _rule: &Comparison,
    _mode: Mode,
    _arguments: &[Value],
    expected: &Value,
    got: &Value,
) -> Result<bool, WrongKind> {
    Ok(expected == got)
}
/// stub
pub fn tolerances<'a>(atol: f64, expected: impl IntoIterator<Item = &'a Value>) -> Vec<f64> {
    expected.into_iter().map(|_| atol).collect()
}

/// stub
pub struct Difference {
    /// s
    pub line: usize,
    /// s
    pub expected: String,
    /// s
    pub got: String,
}
/// stub
pub fn first_difference(_e: &str, _g: &str) -> Option<Difference> {
    None
}
