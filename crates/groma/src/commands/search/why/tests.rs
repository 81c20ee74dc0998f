use groma_api::SearchReason;

use super::told;

#[test]
fn reasons_are_told_with_their_figures_where_there_are_some() {
    let terms = vec!["postgres".to_owned(), "prod".to_owned()];
    let brief = [
        SearchReason::Exact { field: "name".to_owned(), value: "db-1".to_owned() },
        SearchReason::Fragment { field: "name".to_owned(), value: "db-1".to_owned() },
        SearchReason::Words { terms: terms.clone(), rank: None, score: None },
        SearchReason::Meaning { rank: None, cosine: None },
    ];
    assert_eq!(told(&brief), "name is db-1; words postgres, prod; meaning");
    let whole = [
        SearchReason::Fragment { field: "identifier".to_owned(), value: "10.1.0.7".to_owned() },
        SearchReason::Words { terms, rank: Some(1), score: Some(7.25309) },
        SearchReason::Meaning { rank: Some(4), cosine: Some(0.51234) },
    ];
    assert_eq!(
        told(&whole),
        "part of identifier 10.1.0.7; words postgres, prod (place 1, BM25 7.25); meaning (place 4, cosine 0.512)"
    );
}
