use std::fmt::Display;

use groma_api::OPERATIONS;

use super::fill;

#[test]
fn every_path_can_be_filled() {
    for operation in OPERATIONS {
        let count = operation.path.matches('{').count();
        let ids: Vec<&(dyn Display + Sync)> = vec![&"ID"; count];
        let path = fill(operation.path, &ids);
        assert!(!path.contains(['{', '}']), "{path}");
        assert_eq!(path.matches("ID").count(), count);
    }
    assert_eq!(fill("/v1/scans/{id}/diff/{other}", &[&1, &2]), "/v1/scans/1/diff/2");
}

#[test]
fn ids_stay_within_their_part_of_the_path() {
    let path = |id: &str| fill("/v1/resources/{id}/history", &[&id]);
    assert_eq!(path("i-0abc_1.x~"), "/v1/resources/i-0abc_1.x~/history");
    assert_eq!(path("../a b?c#ü"), "/v1/resources/..%2Fa%20b%3Fc%23%C3%BC/history");
}
