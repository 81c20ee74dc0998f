use groma_api::SqlAnswer;
use serde_json::json;

use super::objects;

#[test]
fn columns_of_the_same_name_are_told_apart() {
    let answer = SqlAnswer {
        columns: ["id", "name", "id", "id_2"].map(str::to_owned).to_vec(),
        rows: vec![vec![json!(1), json!("a"), json!(2), json!(null)]],
        truncated: false,
        took_ms: 0.1,
    };
    let rows = serde_json::to_value(objects(&answer)).unwrap();
    assert_eq!(rows, json!([{"id": 1, "name": "a", "id_2": 2, "id_2_2": null}]));
}
