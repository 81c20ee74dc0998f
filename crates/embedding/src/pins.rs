//! The files of the model, each pinned by its SHA-256: what is fetched, and what is run.

/// A file that must have these bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFile {
    /// Its name in the model folder.
    pub name: &'static str,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256 in lower-case hexadecimal.
    pub sha256: &'static str,
}

/// Names model and version; the version rises when the same text gives another vector.
pub const MODEL_ID: &str = "all-MiniLM-L6-v2/1";

/// The weights as they are published. They are not kept: `GRAPH` is made of them.
pub(crate) const WEIGHTS: ModelFile = ModelFile {
    name: "model.safetensors",
    bytes: 90_868_376,
    sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
};

/// The vocabulary, as it is published.
pub(crate) const TOKENIZER: ModelFile = ModelFile {
    name: "tokenizer.json",
    bytes: 466_247,
    sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
};

/// What is run: the weights in an ONNX graph, as `convert` writes it.
pub(crate) const GRAPH: ModelFile = ModelFile {
    name: "model.onnx",
    bytes: 90_294_578,
    sha256: "f9358827032dd7b75693e3347cd5594f5b97b63e4b88fc8d2cada8d6277782f7",
};

/// The files of an installed model.
pub const MODEL_FILES: [ModelFile; 2] = [GRAPH, TOKENIZER];
