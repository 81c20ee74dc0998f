use proptest::prelude::*;

use super::*;

fn read(values: &[&str]) -> Result<Option<String>, ApiError> {
    let operation = Operation::by_id("scan_start").unwrap();
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(KEY, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    key(operation, &headers)
}

#[test]
fn keys_are_bare_or_quoted() {
    assert_eq!(read(&[]), Ok(None));
    assert_eq!(read(&["a-1"]), Ok(Some("a-1".to_owned())));
    assert_eq!(read(&["\"a-1\""]), Ok(Some("a-1".to_owned())));
    let longest = "x".repeat(KEY_CHARS_MAX);
    assert_eq!(read(&[&longest]), Ok(Some(longest.clone())));
}

#[test]
fn other_keys_are_refused() {
    let long = "x".repeat(KEY_CHARS_MAX + 1);
    for values in [&["", ""][..], &["a", "a"], &[""], &["\"\""], &[" "], &["ä"], &[&long]] {
        let error = read(values).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("Idempotency-Key"), "{values:?}");
    }
}

#[test]
fn only_changes_on_somebodys_behalf_have_keys() {
    let mut headers = HeaderMap::new();
    headers.insert(KEY, HeaderValue::from_static("a"));
    for operation in groma_api::OPERATIONS {
        let takes = operation.mutates() && operation.scope.is_some();
        assert_eq!(key(operation, &headers).unwrap().is_some(), takes, "{}", operation.id);
    }
}

#[test]
fn secret_operations_exist() {
    for id in SECRET {
        assert!(Operation::by_id(id).is_some(), "{id}");
    }
}

proptest! {
    #[test]
    fn any_header_is_a_key_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let Ok(value) = HeaderValue::from_bytes(&bytes) else { return Ok(()) };
        let mut headers = HeaderMap::new();
        headers.insert(KEY, value);
        if let Ok(key) = key(Operation::by_id("scan_start").unwrap(), &headers) {
            let key = key.unwrap();
            prop_assert!((1..=KEY_CHARS_MAX).contains(&key.len()));
            prop_assert!(key.is_ascii());
        }
    }
}
