use super::Tokenizer;
use super::words::words;

fn tokenizer() -> Tokenizer {
    let vocab = r###"{"model":{"vocab":{"[UNK]":100,"[CLS]":101,"[SEP]":102,"web":1,"##server":2,"##s":3,"ser":4,
        "-":5,"中":6,"cafe":7,"##":8}}}"###;
    Tokenizer::read(vocab.as_bytes()).unwrap()
}

#[test]
fn the_longest_piece_is_taken_first() {
    assert_eq!(tokenizer().encode("webserver webs", 256), [101, 1, 2, 1, 3, 102]);
}

#[test]
fn a_word_with_an_unknown_part_is_unknown_as_a_whole() {
    assert_eq!(tokenizer().encode("webserverx web", 256), [101, 100, 1, 102]);
    assert_eq!(tokenizer().encode(&format!("{} web", "web".repeat(40)), 256), [101, 100, 1, 102]);
}

#[test]
fn what_is_too_long_is_cut_and_still_ended() {
    assert_eq!(tokenizer().encode("web web web web", 4), [101, 1, 1, 102]);
    assert_eq!(tokenizer().encode("", 4), [101, 102]);
}

#[test]
fn special_tokens_are_taken_where_they_are_spelled_out() {
    assert_eq!(tokenizer().encode("web[SEP][x]", 256), [101, 1, 102, 100, 100, 100, 102]);
}

#[test]
fn words_are_clean() {
    let cut = |text| words(text).collect::<Vec<_>>();
    assert_eq!(cut("Web-1\u{0}\tCAFÉ  \u{200b}中x"), ["web", "-", "1", "cafe", "中", "x"]);
    assert_eq!(cut(" \u{7f}\u{fffd}"), Vec::<String>::new());
    assert_eq!(cut("…a"), ["…", "a"]);
}
