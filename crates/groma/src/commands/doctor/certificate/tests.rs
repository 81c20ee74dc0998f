use proptest::prelude::*;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::{Validity, validity, validity_of_file};

fn certificate(from: (i32, u8, u8), until: (i32, u8, u8)) -> rcgen::Certificate {
    let mut params = CertificateParams::new(vec!["groma.example".to_owned()]).unwrap();
    params.not_before = date_time_ymd(from.0, from.1, from.2);
    params.not_after = date_time_ymd(until.0, until.1, until.2);
    params.self_signed(&KeyPair::generate().unwrap()).unwrap()
}

#[test]
fn both_forms_of_time_are_read() {
    // RFC 5280: years to 2049 have two digits, later ones four.
    for (from, until) in
        [((1999, 12, 31), (2026, 11, 21)), ((2026, 1, 1), (2049, 12, 31)), ((2050, 2, 28), (9999, 12, 30))]
    {
        let made = certificate(from, until);
        let at = |(year, month, day): (i32, u8, u8)| {
            format!("{year:04}-{month:02}-{day:02}T00:00:00Z").parse().unwrap()
        };
        let expected = Validity { not_before: at(from), not_after: at(until) };
        assert_eq!(validity(made.der()), Some(expected));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), made.pem()).unwrap();
        assert_eq!(validity_of_file(file.path()), Some(expected));
    }
}

#[test]
fn what_is_no_certificate_has_no_validity() {
    for bytes in
        [&b""[..], b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80\x00\x00", b"\x30\x03\x30\x01\x02"]
    {
        assert_eq!(validity(bytes), None, "{bytes:x?}");
    }
    assert_eq!(validity_of_file(std::path::Path::new("/nowhere")), None);
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = validity(&bytes);
    }

    #[test]
    fn a_certificate_with_a_changed_byte_is_survived(at in 0_usize..250, byte in any::<u8>()) {
        let mut der = certificate((2026, 1, 1), (2027, 1, 1)).der().to_vec();
        if let Some(changed) = der.get_mut(at) {
            *changed = byte;
        }
        let _ = validity(&der);
        der.truncate(at);
        let _ = validity(&der);
    }
}
