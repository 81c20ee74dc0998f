use super::{PLACES, STOP, TABLE, is_stop, of, places};
use crate::fold::words;

#[test]
fn the_stop_words_are_sorted_for_the_search() {
    assert!(STOP.is_sorted());
    assert!(is_stop("what") && !is_stop("paris"));
}

#[test]
fn every_term_is_as_the_index_cuts_words() {
    let all = TABLE.iter().flat_map(|(from, to)| to.iter().chain([from]));
    for term in all.chain(PLACES.values().flatten()) {
        let mut cut = Vec::new();
        words(term, &mut |word| cut.push(word.to_owned()));
        // `k8s` and `s3` have no parts of two letters, `ec2` and `route53` do, which is no harm.
        let whole: Vec<&str> = term.split(' ').collect();
        assert!(whole.iter().all(|word| cut.iter().any(|known| known == word)), "{term}");
    }
}

#[test]
fn groups_lead_both_ways_and_arrows_one() {
    assert!(of("vm").contains(&"virtual machine") && of("virtual machine").contains(&"vm"));
    assert!(of("db").contains(&"database") && of("database").contains(&"db"));
    assert!(of("vms").contains(&"instance") && !of("instance").contains(&"vms"));
    assert!(places("eu-west-3").contains(&"paris"));
}
