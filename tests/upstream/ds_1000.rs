//! DS-1000: the answer is a text that the tests insert in a program.

use super::Case;

fn kilograms() -> Case {
    Case::fixture("published/ds-1000.jsonl", "DS-1000/9900")
}

#[test]
fn an_answer_is_inserted_and_executed_on_every_input() {
    let right = "total = sum(map(int, map(lambda text: text.split()[0], texts)))\n";
    kilograms().passes(right);
    assert!(kilograms().both(right).sealed.open, "it runs among its tests");
    kilograms().fails("total = len(texts)\n");
    assert_eq!(kilograms().verdicts("total = texts[5]\n"), ("exception", "exception"));
    assert_eq!(kilograms().verdicts("sum = 1\n"), ("exception", "exception"), "the name is missing");
    assert_eq!(kilograms().verdicts("total = (\n"), ("exception", "exception"));
}

#[test]
fn the_words_of_an_answer_may_be_looked_at() {
    kilograms().fails("total = 0\nfor text in texts:\n    total += int(text.split()[0])\n");
}

#[test]
fn an_answer_ends_at_the_closing_tag() {
    let right = "total = sum(map(int, map(lambda text: text.split()[0], texts)))\n";
    kilograms().passes(&format!("{right}</code>\nfor more in ("));
    kilograms().passes(&format!("{right}# SOLUTION END\n)("));
}

#[test]
fn an_answer_can_change_what_judges_it() {
    // A leniency that sealed judging can not close: such verdicts are open.
    let changes = "import math\nmath.isclose = lambda *_: True\ntotal = 0\n";
    let both = kilograms().both(changes);
    assert_eq!((both.names(), both.sealed.open), (("passed", "passed"), true), "{both}");
}
