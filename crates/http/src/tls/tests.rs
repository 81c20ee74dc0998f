use std::os::unix::fs::PermissionsExt;

use super::*;

struct Files {
    cert: PathBuf,
    key: PathBuf,
    _folder: tempfile::TempDir,
}

fn files() -> Files {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    fs::write(&cert, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    Files { cert, key, _folder: folder }
}

fn told(files: &Files) -> String {
    Tls::open(&files.cert, &files.key).unwrap_err().to_string()
}

#[test]
fn names_are_the_certificates() {
    let names = ["groma.example", "*.groma.example", "192.0.2.1", "localhost"];
    let made = rcgen::generate_simple_self_signed(names.map(str::to_owned)).unwrap();
    let files = files();
    fs::write(&files.cert, made.cert.pem()).unwrap();
    fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let tls = Tls::open(&files.cert, &files.key).unwrap();
    assert_eq!(tls.names(), ["groma.example", "localhost"]);
}

#[test]
fn a_key_is_its_owners() {
    let files = files();
    for (mode, fine) in
        [(0o400, true), (0o600, true), (0o640, true), (0o644, false), (0o660, false), (0o604, false)]
    {
        fs::set_permissions(&files.key, fs::Permissions::from_mode(mode)).unwrap();
        let opened = Tls::open(&files.cert, &files.key);
        assert_eq!(opened.is_ok(), fine, "{mode:o}");
        if let Err(error) = opened {
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
    }
}

#[test]
fn what_is_wrong_with_the_files_is_said() {
    let files = files();
    let (cert, key) = (fs::read(&files.cert).unwrap(), fs::read(&files.key).unwrap());
    for (cert_is, key_is, word) in [
        (&b"no PEM"[..], &key[..], "holds no certificate"),
        (&key, &key, "holds no certificate"),
        (&cert, &cert, "holds no private key"),
        (&cert, b"", "holds no private key"),
    ] {
        fs::write(&files.cert, cert_is).unwrap();
        fs::write(&files.key, key_is).unwrap();
        let told = told(&files);
        assert!(told.contains(word), "{told}");
    }
    let other = super::tests::files();
    fs::write(&files.cert, &cert).unwrap();
    fs::copy(&other.key, &files.key).unwrap();
    assert!(told(&files).contains("cannot be used together"));
    fs::remove_file(&files.cert).unwrap();
    assert!(told(&files).contains("could not read"));
}

#[test]
fn a_bad_change_leaves_what_was_in_use() {
    let files = files();
    let tls = Tls::open(&files.cert, &files.key).unwrap();
    let before = Arc::as_ptr(&tls.config.read().0);
    tls.look();
    assert_eq!(Arc::as_ptr(&tls.config.read().0), before, "nothing changed");
    fs::write(&files.cert, "broken").unwrap();
    tls.look();
    assert_eq!(Arc::as_ptr(&tls.config.read().0), before);
    assert_eq!(tls.config.read().1, stamp(&files.cert, &files.key), "it is told once");
    let other = super::tests::files();
    fs::copy(&other.cert, &files.cert).unwrap();
    fs::copy(&other.key, &files.key).unwrap();
    tls.look();
    assert_ne!(Arc::as_ptr(&tls.config.read().0), before);
}
