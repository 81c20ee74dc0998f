//! Secrets in every form, cut at every place.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use zeroize::Zeroizing;

use super::*;

const SECRET: &str = "s3cr\u{e9}t/\"päss\" wörd+?";

fn redactor(secrets: &[&str]) -> Redactor {
    let secrets: Vec<_> = secrets.iter().map(|secret| Zeroizing::new(secret.as_bytes().to_vec())).collect();
    Redactor::new(&secrets)
}

fn streamed(redactor: &Redactor, pieces: &[&[u8]]) -> String {
    let mut stream = redactor.stream().unwrap();
    let mut out = Vec::new();
    for piece in pieces {
        stream.push(piece, &mut out);
    }
    stream.finish(&mut out);
    String::from_utf8(out).unwrap()
}

/// Returns how the secret is written by various programs.
fn forms() -> Vec<String> {
    let mut forms = vec![SECRET.to_owned()];
    for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
        forms.push(engine.encode(SECRET));
    }
    forms.push(serde_json::to_string(SECRET).unwrap().trim_matches('"').to_owned());
    forms.push(r#"s3cr\u00e9t/\"p\u00e4ss\" w\u00f6rd+?"#.to_owned());
    forms.push(r#"s3cr\u00E9t\/\"p\u00E4ss\" w\u00F6rd+?"#.replace("\\/", "/"));
    forms.push("s3cr%C3%A9t%2F%22p%C3%A4ss%22%20w%C3%B6rd%2B%3F".to_owned());
    forms.push("s3cr%c3%a9t%2f%22p%c3%a4ss%22+w%c3%b6rd%2b%3f".to_owned());
    forms.push("s3cr%C3%A9t/%22p%C3%A4ss%22%20w%C3%B6rd%2B%3F".to_owned());
    forms
}

#[test]
fn every_form_is_replaced_wherever_it_is_cut() {
    let redactor = redactor(&[SECRET]);
    for form in forms() {
        let text = format!("before {form} after");
        assert_eq!(redactor.text(&text), "before *** after");
        for cut in 0..text.len() {
            let (one, two) = text.as_bytes().split_at(cut);
            assert_eq!(streamed(&redactor, &[one, two]), "before *** after", "{form} cut at {cut}");
        }
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(streamed(&redactor, &bytes), "before *** after", "{form}");
    }
}

#[test]
fn base64_of_something_around_it_tells_nothing_of_it() {
    let redactor = redactor(&[SECRET]);
    for before in 0..6 {
        for after in 0..6 {
            let text = STANDARD.encode(format!("{}{SECRET}{}", "<".repeat(before), ">".repeat(after)));
            let found = redactor.text(&text);
            assert!(found.contains("***"), "{text}");
            // What is left has bits of one byte of it at each end, at most.
            assert!(found.len() <= (before + after) * 4 / 3 + 3 + 6, "{text} → {found}");
        }
    }
}

#[test]
fn lines_of_a_key_are_replaced_alone() {
    let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\r\nhkiG9w0BAQEFAASC\nab\n-----END KEY-----\n";
    let redactor = redactor(&[key]);
    assert_eq!(redactor.text("x MIIEvQIBADANBgkq y hkiG9w0BAQEFAASC\r\nab"), "x *** y ***\r\nab");
    assert_eq!(redactor.text(&format!("<{key}>")), "<***>");
    assert_eq!(redactor.text(&format!("<{}>", key.trim_end())), "<***>");
    let wrapped: Vec<u8> = STANDARD.encode(key).into_bytes().chunks(76).collect::<Vec<_>>().join(&b'\n');
    assert_eq!(redactor.text(std::str::from_utf8(&wrapped).unwrap()), "***\n***");
}

#[test]
fn secrets_that_overlap_are_replaced_as_one() {
    let redactor = redactor(&["abcdef", "defghi", "abcdefghij"]);
    for (text, expected) in [
        ("abcdefghi.", "***."),
        ("abcdefghij.", "***."),
        ("abcdefabcdef", "******"),
        ("abcde.", "abcde."),
        ("xdefgabcdefghx", "xdefg***ghx"),
    ] {
        assert_eq!(redactor.text(text), expected, "{text}");
        for one in 0..text.len() {
            for two in one..text.len() {
                let pieces = [&text.as_bytes()[..one], &text.as_bytes()[one..two], &text.as_bytes()[two..]];
                assert_eq!(streamed(&redactor, &pieces), expected, "{text} {one} {two}");
            }
        }
    }
}

#[test]
fn of_a_secret_that_is_never_finished_nothing_is_told() {
    let redactor = redactor(&["correct horse battery"]);
    assert_eq!(streamed(&redactor, &[b"it is correct horse"]), "it is ***");
    assert_eq!(streamed(&redactor, &[b"it is corr"]), "it is corr");
    assert_eq!(redactor.text("it is correct horse"), "it is correct horse");
}

#[test]
fn what_is_like_a_secret_alone_is_held_back() {
    let redactor = redactor(&["hunter22", "aaaa"]);
    let mut stream = redactor.stream().unwrap();
    let mut out = Vec::new();
    stream.push(b"password: ", &mut out);
    assert_eq!(out, b"password: ");
    stream.push(b"hunt", &mut out);
    assert_eq!(out, b"password: ");
    stream.push(b"ing", &mut out);
    assert_eq!(out, b"password: hunting");
    // One that goes on for ever takes no memory.
    for _ in 0..1000 {
        stream.push(&[b'a'; 1000], &mut out);
    }
    assert!(stream.held.len() < 4 && out.len() < 100, "{}", out.len());
}

#[test]
fn what_cannot_be_replaced_is_refused() {
    assert!(check(b"abc").is_err() && check(&[b'x'; SECRET_BYTES_MAX + 1]).is_err());
    assert!(check(b"abcd").is_ok() && check(&[b'x'; SECRET_BYTES_MAX]).is_ok());
    assert!(Redactor::new(&[]).stream().is_none());
    let longest = Zeroizing::new([b'x'; SECRET_BYTES_MAX].to_vec());
    assert!(Redactor::new(&[longest]).stream().is_some());
}

/// Returns one whose secrets begin like much, and are in nothing of `[abc\r\n]`.
fn redactor_of_nothing_here() -> Redactor {
    redactor(&["abcabcabcX", "caX\nab", "aaaaY"])
}

/// Breaks a text into lines of `columns` bytes.
fn wrap(text: &[u8], columns: usize, end: &[u8]) -> Vec<u8> {
    text.chunks(columns).collect::<Vec<_>>().join(end)
}

#[test]
fn a_secret_over_lines_is_replaced_on_each() {
    let one = redactor(&["abcdefghijklmnop"]);
    for (text, expected) in [
        ("abcdefgh\nijklmnop\n", "***\n***\n"),
        ("<abcdefgh\r\nijklmnop>", "<***\r\n***>"),
        ("<abcdefgh\n\nijklmnop>", "<***\n\n***>"),
        ("<abcdefgh\n\n\nijklmnop>", "<abcdefgh\n\n\nijklmnop>"),
        ("<a\nbcdefghijklmnop>", "<a\n***>"),
        ("<ab\ncdefghijklmno\np>", "<***\n***\n***>"),
        ("<abcdefgh\nijklmno>", "<abcdefgh\nijklmno>"),
        ("YWJj\r\nZGVmZ2hpamtsbW\r\n5vcA==\r\n", "***\r\n***\r\n***\r\n"),
    ] {
        assert_eq!(one.text(text), expected, "{text:?}");
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(streamed(&one, &bytes), expected, "{text:?}");
        assert_eq!(streamed(&one, &[text.as_bytes()]), expected, "{text:?}");
    }
    assert_eq!(streamed(&one, &[b"it is abcd\nefghi\n"]), "it is ***\n***\n");
    // One that has lines itself, broken elsewhere.
    let lined = redactor(&["abcdef\nghijkl\n"]);
    assert_eq!(lined.text("<abcdef\nghijkl\n> <abc\ndefghi\njkl>"), "<***> <***\n***\n***>");
    // One that is hardly more than line ends.
    assert_eq!(redactor(&["a\n\nb"]).text("<a\n\nb> ab"), "<***> ab");
    // The first of two is whole, and the other may begin in it where a line does.
    let two = redactor(&["secret-one", "ecret-one-more"]);
    assert_eq!(streamed(&two, &[b"s\necret-on", b"e-mo", b"st"]), "s\n***-most");
}

#[test]
fn lines_do_not_wait_for_a_single_byte() {
    let redactor = redactor(&["sunflower", "\u{e9}t\u{e9} comme"]);
    let mut stream = redactor.stream().unwrap();
    let mut out = Vec::new();
    for (piece, expected) in [
        ("yes\n", "yes\n"),
        ("un", ""),
        ("flower", "***"),
        ("\n", "\n"),
        ("sun\n", ""),
        ("flow\r\n", ""),
        ("s\n", "sun\nflow\r\ns\n"),
        ("moon\n", "moon\n"),
    ] {
        out.clear();
        stream.push(piece.as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected, "{piece:?}");
    }
    // Line ends that go on for ever take no memory.
    stream.push(b"sunflow", &mut out);
    for _ in 0..1000 {
        stream.push(&[b'\n'; 1000], &mut out);
    }
    assert!(stream.held.is_empty(), "{}", stream.held.len());
}

proptest! {
    // Each builds what is looked for, which takes long without optimisation.
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A secret in any form that is broken into lines, and comes in any pieces, is not in the output, with lines or without.
    #[test]
    fn a_secret_over_lines_never_shows(
        secret in "[!-)+-\\-/-;=-~][ -)+-\\-/-;=-~\u{e4}]{4,90}[!-)+-\\-/-;=-~]",
        form in 0..8_usize,
        before in "[<. ]{0,80}",
        columns in 4..90_usize,
        end in prop_oneof![Just("\n"), Just("\r\n")],
        cuts in proptest::collection::vec(0..400_usize, 0..6),
    ) {
        let json = serde_json::to_string(&secret).unwrap();
        let json = &json[1..json.len() - 1];
        let form = match form {
            0 | 1 => secret.clone(),
            2 => STANDARD.encode(&secret),
            3 => STANDARD_NO_PAD.encode(&secret),
            4 => URL_SAFE.encode(&secret),
            5 => URL_SAFE_NO_PAD.encode(&secret),
            6 => json.to_owned(),
            _ => json.replace('\u{e4}', "\\u00e4"),
        };
        let text = wrap(format!("{before}{form}<.").as_bytes(), columns, end.as_bytes());
        let redactor = redactor(&[&secret]);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).chain([0, text.len()]).collect();
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect();
        let mut stream = redactor.stream().unwrap();
        let mut out = Vec::new();
        for piece in pieces {
            stream.push(piece, &mut out);
            prop_assert!(stream.held.len() <= 3 * 6 * secret.len());
        }
        stream.finish(&mut out);
        let ends = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
        prop_assert_eq!(ends(&out), ends(&text));
        let flat: Vec<u8> = out.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect();
        let flat = String::from_utf8_lossy(&flat);
        // At most its first byte stays.
        let rest: String = form.chars().skip(1).collect();
        prop_assert!(flat.contains("***") && !flat.contains(&rest), "{:?}", flat);
        if let Ok(text) = std::str::from_utf8(&text) {
            prop_assert_eq!(String::from_utf8(out).unwrap(), redactor.text(text));
        }
    }

    /// Of secrets that have lines themselves nothing stays either; what has none is left as it is.
    #[test]
    fn nothing_else_is_changed(
        secret in "[ab\n]{3,9}[ab]",
        pieces in proptest::collection::vec("[abc\r\n]{0,9}", 0..14),
    ) {
        let redactor = redactor(&[&secret]);
        let bytes: Vec<&[u8]> = pieces.iter().map(|piece| piece.as_bytes()).chain([b"-".as_slice()]).collect();
        prop_assert!(!streamed(&redactor, &bytes).contains(&secret));
        let other = redactor_of_nothing_here();
        prop_assert_eq!(streamed(&other, &bytes).into_bytes(), bytes.concat());
    }
}

proptest! {
    /// As below, with line ends, and with secrets that overlap.
    #[test]
    fn lines_are_redacted_like_the_whole(
        secrets in proptest::collection::vec("[ab]{4,7}", 1..4),
        pieces in proptest::collection::vec("[ab]{0,5}[abc\r\n]{0,3}", 0..14),
    ) {
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let redactor = redactor(&secrets);
        let whole = pieces.concat();
        let bytes: Vec<&[u8]> = pieces.iter().map(|piece| piece.as_bytes()).chain([b"c".as_slice()]).collect();
        let streamed = streamed(&redactor, &bytes);
        prop_assert_eq!(&streamed, &redactor.text(&format!("{whole}c")));
        for secret in secrets {
            prop_assert!(!streamed.contains(secret));
        }
    }

    /// However a text is cut, the outcome is that of the text in one piece, and no secret is in it.
    #[test]
    fn pieces_are_redacted_like_the_whole(
        secrets in proptest::collection::vec("[ab]{4,9}", 1..4),
        pieces in proptest::collection::vec("[abc]{0,9}", 0..12),
    ) {
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let redactor = redactor(&secrets);
        let whole = pieces.concat();
        let bytes: Vec<&[u8]> = pieces.iter().map(|piece| piece.as_bytes()).chain([b"c".as_slice()]).collect();
        let streamed = streamed(&redactor, &bytes);
        prop_assert_eq!(&streamed, &redactor.text(&format!("{whole}c")));
        for secret in secrets {
            prop_assert!(!streamed.contains(secret));
        }
    }
}
