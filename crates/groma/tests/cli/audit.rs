use crate::harness::Groma;

#[test]
fn changes_are_listed_with_their_author() {
    let groma = Groma::new();
    groma.run("token create --name ci --scope read").code(0);
    let entries = groma.run("audit -o ndjson").code(0).lines();
    let entry = entries.iter().find(|entry| entry["operation"] == "token_create").unwrap();
    assert_eq!(entry["outcome"], "done");
    assert!(!entry["principal_name"].as_str().unwrap().is_empty());
}
