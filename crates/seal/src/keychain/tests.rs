use super::*;

/// Runs the test of that name again in a session with a kernel keyring of its own, in which there is nothing of the
/// machine's user; returns whether this is that run.
pub(crate) fn in_own_session(test: &str) -> bool {
    const MARK: &str = "GROMA_TEST_OWN_SESSION";
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    let mut again = std::process::Command::new("keyctl");
    again.args(["session", "-"]).arg(std::env::current_exe().unwrap()).args(["--exact", test]).env(MARK, "1");
    // A desktop's store would be preferred.
    again.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let ended = again.output().expect("keyctl is there: `cargo xtask install` says how");
    let told = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && told.contains("1 passed"), "{told}");
    false
}

#[test]
fn the_kernels_keyring_keeps_what_it_is_given_until_that_is_deleted() {
    if !in_own_session("keychain::tests::the_kernels_keyring_keeps_what_it_is_given_until_that_is_deleted") {
        return;
    }
    let account = format!("test-{}", Uuid::new_v4());
    Store::KernelKeyring.probe().unwrap();
    Store::KernelKeyring.set(&account, b"0123456789abcdef").unwrap();
    assert_eq!(get(Store::KernelKeyring, &account).unwrap().as_slice(), b"0123456789abcdef");
    delete(Store::KernelKeyring, &account).unwrap();
    let again = get(Store::KernelKeyring, &account);
    assert!(matches!(again, Err(KeyringError::Keychain { .. })), "{again:?}");
    delete(Store::KernelKeyring, &account).unwrap();
}

#[test]
fn a_user_may_keep_secrets_of_his_own_there() {
    if !in_own_session("keychain::tests::a_user_may_keep_secrets_of_his_own_there") {
        return;
    }
    let name = format!("test-{}", Uuid::new_v4());
    let account = format!("groma-secret:{name}");
    let missing = user_secret(&name).unwrap_err();
    assert!(missing.contains(&account), "{missing}");
    Store::KernelKeyring.set(&account, b"of the user").unwrap();
    assert_eq!(user_secret(&name).unwrap().as_slice(), b"of the user");
    delete(Store::KernelKeyring, &account).unwrap();
}
