//! Reading tensors out of a safetensors file: `length of the header (8 bytes, little endian) · header (JSON) · data`.

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};

use serde::Deserialize;

use super::ConvertError;

/// Headers of models with hundreds of tensors are far smaller.
const HEADER_BYTES_MAX: u64 = 1 << 20;
const F32_BYTES: u64 = 4;

/// A file whose header was read.
pub(super) struct Safetensors<R> {
    file: R,
    tensors: HashMap<String, Entry>,
    data: u64,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    dtype: String,
    #[serde(default)]
    shape: Vec<u64>,
    #[serde(default)]
    data_offsets: (u64, u64),
}

impl<R: Read + Seek> Safetensors<R> {
    pub(super) fn open(mut file: R) -> Result<Self, ConvertError> {
        let mut length = [0; 8];
        file.read_exact(&mut length).map_err(ConvertError::Read)?;
        let length = u64::from_le_bytes(length);
        if length > HEADER_BYTES_MAX {
            return Err(ConvertError::Header(format!("a header of {length} bytes")));
        }
        let mut header = Vec::new();
        (&mut file).take(length).read_to_end(&mut header).map_err(ConvertError::Read)?;
        // `__metadata__` is read as an entry without a type, which nobody asks for.
        let tensors =
            serde_json::from_slice(&header).map_err(|error| ConvertError::Header(error.to_string()))?;
        Ok(Self { file, tensors, data: 8 + length })
    }

    /// Returns a tensor's numbers, row by row.
    pub(super) fn read(&mut self, name: &str, shape: &[u64]) -> Result<Vec<f32>, ConvertError> {
        let refuse = |why: String| ConvertError::Tensor { name: name.to_owned(), why };
        let entry = self.tensors.get(name).ok_or_else(|| refuse("is not there".to_owned()))?;
        if entry.dtype != "F32" || entry.shape != shape {
            return Err(refuse(format!("is {} {:?} instead of F32 {shape:?}", entry.dtype, entry.shape)));
        }
        let (begin, end) = entry.data_offsets;
        let length = shape.iter().product::<u64>() * F32_BYTES;
        if begin.checked_add(length) != Some(end) {
            return Err(refuse(format!("lies at {begin} to {end}, but has {length} bytes")));
        }
        let begin = self.data.checked_add(begin).ok_or_else(|| refuse("lies outside the file".to_owned()))?;
        self.file.seek(SeekFrom::Start(begin)).map_err(ConvertError::Read)?;
        let mut bytes = Vec::new();
        (&mut self.file).take(length).read_to_end(&mut bytes).map_err(ConvertError::Read)?;
        if bytes.len() as u64 != length {
            return Err(refuse("ends with the file".to_owned()));
        }
        let (numbers, _) = bytes.as_chunks::<4>();
        Ok(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect())
    }
}
