use std::path::{Path, PathBuf};
pub const DIMENSIONS: usize = 384;
pub const MODEL_ID: &str = "all-MiniLM-L6-v2/1";
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbedderKind {
    Model,
    Lexical,
}
#[derive(Debug, thiserror::Error)]
pub enum EmbeddingError {
    #[error("{why}")]
    Unusable { why: String },
}
pub trait Embedder: Send + Sync + std::fmt::Debug {
    fn kind(&self) -> EmbedderKind;
    fn id(&self) -> &str;
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError>;
}
#[derive(Debug)]
pub struct Lexical;
impl Embedder for Lexical {
    fn kind(&self) -> EmbedderKind {
        EmbedderKind::Lexical
    }
    fn id(&self) -> &str {
        "lexical/1"
    }
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        Ok(texts
            .iter()
            .map(|t| {
                let mut v = vec![0.0; 384];
                v[t.len() % 384] = 1.0;
                v
            })
            .collect())
    }
}
#[derive(Debug)]
pub struct MiniLm;
impl MiniLm {
    pub fn load(_: &Path) -> Result<Self, EmbeddingError> {
        Ok(Self)
    }
}
impl MiniLm {
    pub fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        Lexical.embed(texts)
    }
}
pub fn recipe<'a>(
    kind: &str,
    name: &str,
    identifier: &str,
    tags: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let _ = tags;
    format!("{kind} {name} {identifier}")
}
pub fn is_there(_: &Path) -> bool {
    false
}
pub enum ModelState {
    Absent,
    Damaged { file: String, why: String },
    Installed,
}
pub struct ModelStatus {
    pub state: ModelState,
    pub bytes: u64,
}
pub fn status(_: &Path) -> ModelStatus {
    ModelStatus { state: ModelState::Absent, bytes: 0 }
}
#[derive(Debug)]
pub enum Source {
    Url(String),
    Path(PathBuf),
}
impl Source {
    pub fn parse(s: Option<&str>) -> Result<Self, String> {
        Ok(Self::Url(s.unwrap_or("").to_owned()))
    }
}
pub struct Progress {
    pub phase: &'static str,
    pub bytes: u64,
    pub bytes_total: Option<u64>,
}
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub struct InstallError;
pub fn install(
    _: &Path,
    _: &Source,
    _: &mut dyn FnMut(Progress),
    _: &dyn Fn() -> bool,
) -> Result<ModelStatus, InstallError> {
    Err(InstallError)
}
