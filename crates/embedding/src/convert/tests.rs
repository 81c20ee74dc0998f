use std::io::Cursor;

use super::safetensors::Safetensors;
use super::{ConvertError, convert};

fn file(header: &str, data: &[u8]) -> Cursor<Vec<u8>> {
    Cursor::new([&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat())
}

#[test]
fn a_tensor_is_read_where_the_header_says() {
    let header = r#"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#;
    let data: Vec<u8> = [9.0_f32, 1.5, -2.0].iter().flat_map(|number| number.to_le_bytes()).collect();
    let mut tensors = Safetensors::open(file(header, &data)).unwrap();
    assert_eq!(tensors.read("a", &[2]).unwrap(), [1.5, -2.0]);
    assert!(matches!(tensors.read("b", &[2]), Err(ConvertError::Tensor { .. })));
    assert!(matches!(tensors.read("a", &[1, 2]), Err(ConvertError::Tensor { .. })));
}

#[test]
fn what_lies_outside_the_file_is_refused() {
    for offsets in ["[0,8]", "[1,9]", "[8,0]", "[18446744073709551608,18446744073709551615]"] {
        let header = format!(r#"{{"a":{{"dtype":"F32","shape":[2],"data_offsets":{offsets}}}}}"#);
        let mut tensors = Safetensors::open(file(&header, &[0; 4])).unwrap();
        assert!(matches!(tensors.read("a", &[2]), Err(ConvertError::Tensor { .. })), "{offsets}");
    }
}

#[test]
fn what_is_no_weights_is_refused() {
    for bytes in [&b""[..], b"short", &[255; 64], b"\x02\0\0\0\0\0\0\0{}", b"\x02\0\0\0\0\0\0\0[]"] {
        let mut out = Vec::new();
        convert(Cursor::new(bytes), &mut out, &mut |_| true).expect_err("these are no weights");
    }
}
