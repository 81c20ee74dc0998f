//! Whatever is typed is an answer, in bounded time, and never a syntax.

#[path = "support/world.rs"]
#[allow(unreachable_pub, dead_code, reason = "shared with others")]
mod world;

use groma_search::{Filter, Index, Query, TagFilter};
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut random = fastrand::Rng::with_seed(8);
    let index = Index::new();
    index.upsert((0..2_000).map(|number| world::document(number, &mut random)).collect());
    index.build_words();
    index
});

fn ask(text: &str) -> usize {
    let all = Filter::default();
    let answer =
        INDEX.search(&Query { text, vector: None, nearness: 0.0, filter: &all, limit: 10, explain: true });
    let _ = INDEX.lookup(text);
    let filter = Filter {
        text: Some(text.to_owned()),
        kinds: vec![text.to_owned()],
        tags: vec![TagFilter { key: text.to_owned(), value: Some(text.to_owned()) }],
        ..Filter::default()
    };
    assert!(INDEX.list(&filter, Default::default(), None, 10).ids.len() <= 10);
    assert!(answer.hits.len() <= 10);
    answer.hits.len()
}

#[test]
fn syntax_is_text() {
    for text in [
        "",
        " ",
        "\0",
        "\"",
        "\"\"\"",
        "'",
        "*",
        "prod*",
        "web AND",
        "OR",
        "NOT web",
        "NEAR(a b)",
        "name:web",
        "{name} : web",
        "^web",
        "web + mail",
        "-web",
        "a\u{1f}b",
        "\u{1f}",
        "%_",
        "(((((",
        "🦀",
        "e\u{301}",
        "\u{202e}bew",
        "ﬀ",
        "İ",
        "\u{feff}",
        "'; DROP TABLE words; --",
        "../../etc/passwd",
        "\u{10ffff}",
        "?",
        "[a-z]",
        "\\",
    ] {
        ask(text);
        ask(&format!("{text} web"));
        assert!(ask(&format!("web {text}")) > 0, "`{text}` hides what is there");
    }
}

#[test]
fn long_texts_are_bounded() {
    let long = |part: &str| part.repeat(100_000 / part.len());
    for text in [
        long("a"),
        long("web "),
        long("prod-web-00001 "),
        long("\""),
        long("1."),
        long("🦀"),
        long("x y "),
        long("*a"),
        long("aB1"),
        long("\u{1f}"),
        (0..20_000).map(|n| format!("{n:x} ")).collect(),
    ] {
        let start = Instant::now();
        ask(&text);
        // Some hundred times what it takes, for machines that are busy.
        assert!(start.elapsed() < Duration::from_secs(5), "{} …", text.chars().take(20).collect::<String>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn anything_is_answered(text in "\\PC{0,60}|[a-z\"*():^ -]{0,40}") {
        ask(&text);
    }
}
