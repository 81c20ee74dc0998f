use crate::harness::Groma;

#[test]
fn a_token_works_until_it_is_revoked() {
    let groma = Groma::new();
    let server = groma.serve();
    let secret =
        groma.run("token create --name ci --scope read --expires 1d").code(0).stdout.trim().to_owned();
    assert_eq!(server.get("/v1/summary", Some(&secret)).0, 200);
    assert_eq!(server.get("/v1/tokens", Some(&secret)).0, 403, "read does not list tokens");
    let tokens = groma.run("token list -o json").code(0).json();
    let token = &tokens["tokens"][0];
    assert_eq!(token["name"], "ci");
    groma.run(&format!("token revoke {}", token["id"].as_str().unwrap())).code(0);
    assert_eq!(server.get("/v1/summary", Some(&secret)).0, 401);
}

#[test]
fn the_secret_is_never_listed() {
    let groma = Groma::new();
    let secret = groma.run("token create --name ci --scope read").code(0).stdout.trim().to_owned();
    for form in ["table", "json", "csv"] {
        assert!(!groma.run(&format!("token list -o {form}")).code(0).stdout.contains(&secret));
    }
}

#[test]
fn an_unknown_token_cannot_be_revoked() {
    Groma::new().run("token revoke 01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77").code(4);
}
