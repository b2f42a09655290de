//! What an error in a server's JSON means: whether to ask again, and when.

use std::time::Duration;

use serde_json::Value;

use super::error::AskError;

/// Whether a field is empty, as where a server sends `"error": ""` beside an answer.
pub(super) fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(says_nothing),
        Value::Object(fields) => fields.values().all(says_nothing),
    }
}

/// The error that a server sends under status 200, in place of an answer or of a part of it.
pub(super) fn under_200(error: &Value, quote: impl Fn(&str) -> String) -> AskError {
    let message = ["message", "detail", "msg"].iter().find_map(|name| error.get(name));
    let message = message.filter(|message| !says_nothing(message)).unwrap_or(error);
    let message = quote(&message.as_str().map_or_else(|| message.to_string(), str::to_owned));
    match code_of(error) {
        _ if says(error, "content_filter") => AskError::ContentFilter { reason: message },
        _ if says(error, "insufficient_quota") => AskError::Refused { status: 429, message },
        Some(429) if is_daily(error, &message) => AskError::Refused { status: 429, message },
        Some(status @ (400..=407 | 410..=428 | 430..=499)) => AskError::Refused { status, message },
        code => {
            let retry_after = retry_after(error, &message);
            AskError::Busy { status: code.unwrap_or(500), message, retry_after }
        }
    }
}

/// The HTTP status that an error names, as a number or as one in a text.
fn code_of(error: &Value) -> Option<u16> {
    let code = ["code", "status", "status_code"].iter().find_map(|name| {
        let value = error.get(name)?;
        value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
    })?;
    u16::try_from(code).ok().filter(|code| (400..600).contains(code))
}

/// Whether an error names this as its kind.
pub(super) fn says(error: &Value, kind: &str) -> bool {
    ["code", "type", "param"].iter().any(|name| error.get(name).and_then(Value::as_str) == Some(kind))
}

/// How long a server asks to wait in the body: Google's `retryDelay`, or "try again in 20s" and the like.
pub(super) fn retry_after(error: &Value, message: &str) -> Option<Duration> {
    let delay = details(error).find_map(|detail| parse_duration(detail.get("retryDelay")?.as_str()?));
    delay.or_else(|| {
        let words = message.to_lowercase();
        let at = ["try again in ", "retry in ", "retry after "]
            .iter()
            .find_map(|before| Some(words.find(before)? + before.len()))?;
        let rest = words[at..].split_whitespace().next()?;
        parse_duration(rest.trim_end_matches(['.', ',', ';', ')', ']']))
    })
}

/// Whether a daily quota is used up, so that waiting for some minutes is of no use.
pub(super) fn is_daily(error: &Value, message: &str) -> bool {
    let violations = details(error).filter_map(|detail| detail.get("violations")?.as_array()).flatten();
    let mut names = violations.filter_map(|violation| violation.get("quotaId")?.as_str());
    names.any(|name| name.contains("PerDay"))
        || (message.to_lowercase().contains("per day")
            && retry_after(error, message).is_none_or(|wait| wait > LONGEST_WAIT))
}

/// If a daily quota is used up, longer waits than this are not made.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

fn details(error: &Value) -> impl Iterator<Item = &Value> {
    error.get("details").and_then(Value::as_array).into_iter().flatten()
}

/// Reads `34.07s`, `1m30s`, `20ms`, `2h`, and a bare number of seconds.
fn parse_duration(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let mut rest = text;
    let mut whole = Duration::ZERO;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let number: f64 = rest[..end].parse().ok()?;
        let after = &rest[end..];
        let unit_end = after.find(|letter: char| letter.is_ascii_digit()).unwrap_or(after.len());
        let seconds = match &after[..unit_end] {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        whole = whole.checked_add(Duration::try_from_secs_f64(number * seconds).ok()?)?;
        rest = &after[unit_end..];
    }
    (!text.is_empty()).then_some(whole)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_error_under_status_200_is_told_by_its_code() {
        let error = |value: Value| under_200(&value, str::to_owned);
        assert!(matches!(
            error(json!({"code": 401, "message": "no"})),
            AskError::Refused { status: 401, .. }
        ));
        assert!(matches!(error(json!({"code": "429"})), AskError::Busy { status: 429, .. }));
        assert!(
            matches!(error(json!("overloaded")), AskError::Busy { status: 500, message, .. } if message == "overloaded")
        );
        assert!(matches!(
            error(json!({"code": "content_filter", "message": "no"})),
            AskError::ContentFilter { .. }
        ));
        assert!(matches!(error(json!({"code": 1234})), AskError::Busy { status: 500, .. }));
        for nothing in
            [json!(null), json!(""), json!({}), json!([]), json!(false), json!({"code": 0, "message": ""})]
        {
            assert!(says_nothing(&nothing), "{nothing}");
        }
        for something in [json!("x"), json!({"code": 0, "message": "x"}), json!(true), json!(["x"])] {
            assert!(!says_nothing(&something), "{something}");
        }
    }

    #[test]
    fn waits_are_read_from_the_body() {
        let seconds =
            |error: Value, message: &str| retry_after(&error, message).map(|wait| wait.as_secs_f64());
        let google = json!({"details": [{"@type": "x"}, {"retryDelay": "34.5s"}]});
        assert_eq!(seconds(google, "retry in 2s"), Some(34.5));
        for (message, wait) in [
            ("Rate limit reached. Please try again in 20s.", Some(20.0)),
            ("Please try again in 1m30.5s. Visit", Some(90.5)),
            ("Try again in 250ms", Some(0.25)),
            ("Please retry in 2h.", Some(7200.0)),
            ("retry after 7", Some(7.0)),
            ("try again in a while", None),
            ("try again in ", None),
            ("try again in 9999999999999999999999h", None),
            ("try later", None),
        ] {
            assert_eq!(seconds(json!({}), message), wait, "{message}");
        }
    }

    #[test]
    fn the_share_of_a_day_is_told_from_that_of_a_minute() {
        let violation =
            |id: &str| json!({"details": [{"violations": [{"quotaId": id}]}, {"retryDelay": "5s"}]});
        assert!(is_daily(&violation("GenerateRequestsPerDayPerProjectPerModel-FreeTier"), "slow down"));
        assert!(!is_daily(&violation("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"), "slow down"));
        assert!(is_daily(&json!({}), "Limit of requests per day (RPD) reached"));
        assert!(!is_daily(&json!({}), "Limit of tokens per day (TPD) reached, try again in 20s"));
    }
}
