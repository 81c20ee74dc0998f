use super::{fold, words};

fn all(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    words(text, &mut |word| found.push(word.to_owned()));
    found
}

#[test]
fn names_are_cut_where_people_would() {
    assert_eq!(all("prod-db-01"), ["prod", "db", "01"]);
    assert_eq!(all("webServer2"), ["webserver2", "web", "server"]);
    assert_eq!(all("HTTPServer"), ["httpserver", "http", "server"]);
    assert_eq!(all("aws.ec2.securityGroup"), ["aws", "ec2", "ec", "securitygroup", "security", "group"]);
    assert_eq!(all("i-0a1b2c3d4e"), ["i", "0a1b2c3d4e"]);
    assert_eq!(all("🦀 «Größe»"), ["größe"]);
    assert!(all(" \0 -- ").is_empty());
}

#[test]
fn folding_leaves_no_control_characters() {
    assert_eq!(fold(" Prod\u{1f}DB\n"), "prod db");
    assert_eq!(fold("ÄÖ\u{1f}Ü"), "äö ü");
}
