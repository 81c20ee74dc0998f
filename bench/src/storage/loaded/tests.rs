use super::*;

#[test]
fn a_query_holds_any_text() {
    for (text, query) in [("a-b.c_d~9", "a-b.c_d~9"), ("env=a b/c", "env%3Da%20b%2Fc"), ("é", "%C3%A9")] {
        assert_eq!(encoded(text), query);
    }
}
