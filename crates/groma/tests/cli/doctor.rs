use std::os::unix::fs::PermissionsExt;

use crate::harness::Groma;

#[test]
fn a_new_folder_is_healthy() {
    let findings = Groma::new().run("doctor -o json").code(0).json();
    let checks: Vec<&str> =
        findings.as_array().unwrap().iter().map(|finding| finding["check"].as_str().unwrap()).collect();
    for check in
        ["configuration", "data folder", "disk space", "descriptor limit", "holder", "storage and key"]
    {
        assert!(checks.contains(&check), "{checks:?}");
    }
}

#[test]
fn a_folder_that_cannot_be_used_is_an_error_with_advice() {
    let groma = Groma::new();
    std::fs::write(groma.data_dir(), "no folder").unwrap();
    let findings = groma.run("doctor -o json").code(1).json();
    let finding =
        findings.as_array().unwrap().iter().find(|finding| finding["check"] == "data folder").unwrap();
    assert_eq!(finding["verdict"], "error");
    assert!(finding["advice"].is_string());
}

#[test]
fn a_folder_open_to_others_is_a_warning() {
    let groma = Groma::new();
    std::fs::create_dir(groma.data_dir()).unwrap();
    std::fs::set_permissions(groma.data_dir(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let shown = groma.run("doctor").code(0);
    assert!(shown.stdout.contains("chmod 700"), "{}", shown.stdout);
}
