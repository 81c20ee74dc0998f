use groma_api::SqlAnswer;
use serde_json::json;

use super::{Row, names};

#[test]
fn rows_are_objects_in_the_order_of_their_columns_whose_names_differ() {
    let answer = SqlAnswer {
        columns: ["name", "id", "id", "id_2"].map(str::to_owned).to_vec(),
        rows: vec![vec![json!("a"), json!(1), json!(2), json!(null)]],
        truncated: false,
        took_ms: 0.1,
    };
    let names = names(&answer);
    let row = serde_json::to_string(&Row { names: &names, values: &answer.rows[0] }).unwrap();
    assert_eq!(row, r#"{"name":"a","id":1,"id_2":2,"id_2_2":null}"#);
}
