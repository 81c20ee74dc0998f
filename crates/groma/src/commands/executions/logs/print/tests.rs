use super::tame;

#[test]
fn colours_stay_and_what_steers_a_terminal_goes() {
    for (text, shown) in [
        ("plain ä", "plain ä"),
        ("a\tb", "a\tb"),
        ("\u{1b}[31mred\u{1b}[0m", "\u{1b}[31mred\u{1b}[0m"),
        ("\u{1b}[38;2;1;2;3mx", "\u{1b}[38;2;1;2;3mx"),
        ("\u{1b}[2Jgone", "\u{fffd}[2Jgone"),
        ("\u{1b}]0;title\u{7}x", "\u{fffd}]0;title\u{fffd}x"),
        ("10%\r20%", "10%\u{fffd}20%"),
        ("end \u{1b}", "end \u{fffd}"),
        ("end \u{1b}[3", "end \u{fffd}[3"),
    ] {
        assert_eq!(tame(text), shown, "{text:?}");
    }
}
